// Why a step ran or did not, and what it took.

import type { JSX, ReactNode } from 'react';

import { bytes, duration, moment } from '../model/format';
import { shownOf } from '../model/states';
import { Notice } from '../parts/notice';
import type { FindingRecord } from '../schema';
import type { IStepProps } from './steppane';

export function WhyTab(props: IStepProps): JSX.Element {
  const { page, context, run, step } = props;
  const { trans } = context;
  const recorded = page.run.recorded(step.name);
  const facts: [string, ReactNode][] = [
    [trans.__('Began'), step.started === null ? null : moment(step.started)],
    [trans.__('Took'), step.seconds === null ? null : duration(step.seconds)],
    [trans.__('Processor'), recorded?.cpu_seconds ? duration(recorded.cpu_seconds) : null],
    [trans.__('Most memory'), recorded?.peak_bytes ? bytes(recorded.peak_bytes) : null],
    [trans.__('Python'), run.python || null],
    [trans.__('Verified'), run.verified || null]
  ];
  const cells = new Set(recorded?.cells.map(each => each.id));
  const findings = run.findings.filter(each => each.cell === null || cells.has(each.cell));
  return (
    <div className="jp-nbflow-Why">
      <p className="jp-nbflow-Why-reason">
        <Reason {...props} />
      </p>
      <dl>
        {facts
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {findings.map((each, index) => (
        <FoundInRun key={index} found={each} {...props} />
      ))}
    </div>
  );
}

function Reason({ page, context, step }: IStepProps): JSX.Element {
  const { trans } = context;
  const reason = page.run.recorded(step.name)?.reason || step.again;
  const told = {
    waiting: trans.__('It waits for what it needs.'),
    running: trans.__('It runs.'),
    done: trans.__('It ran.'),
    reused: trans.__('It did not run: the result of run %1 was used.', step.reused),
    again: trans.__('It ran again.'),
    failed: trans.__('It ran, and failed.'),
    skipped: trans.__('It did not run.'),
    stopped: trans.__('It ran, and was stopped.')
  }[shownOf(step)];
  return (
    <>
      {told} {reason && trans.__('Because: %1', reason)} {step.message !== reason && step.message}
      {step.reused && (
        <>
          {' '}
          <button
            className="jp-nbflow-link"
            onClick={() => context.openRun({ id: step.reused, folder: page.run.ref.folder })}
          >
            {trans.__('Run %1', step.reused)}
          </button>
        </>
      )}
    </>
  );
}

function FoundInRun(props: IStepProps & { found: FindingRecord }): JSX.Element {
  const { page, context, found } = props;
  const { cell } = found;
  return (
    <Notice kind={found.severity === 'error' ? 'error' : 'warning'} trans={context.trans}>
      {found.code} {found.message} {found.hint}{' '}
      {cell !== null && (
        <button className="jp-nbflow-link" onClick={() => context.goTo(page.run, cell)}>
          {context.trans.__('Cell %1, line %2', found.number, found.line)}
        </button>
      )}
    </Notice>
  );
}
