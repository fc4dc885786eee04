// The runs side by side: a column for each, a row for each value, those first that differ.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import { useState, type JSX, type ReactNode } from 'react';

import { serverClock } from '../clock';
import { change, written } from '../model/differences';
import { ago, bytes, duration, moment } from '../model/format';
import { engineOf } from '../model/listed';
import type { State } from '../model/run';
import { shownOf, type Shown } from '../model/states';
import { StateMark } from '../parts/mark';
import { Elapsed } from '../parts/times';
import type { ComparedStep, ComparedValue, Comparison, RunSummary } from '../schema';
import type { IPart } from './context';

export function RunsTable(props: IPart): JSX.Element {
  const { found, context } = props;
  const { trans } = context;
  const [brief, setBrief] = useState(false);
  const kept = <T extends { differs: boolean }>(rows: readonly T[]): readonly T[] =>
    brief ? rows.filter(row => row.differs) : rows;
  const part = { ...props, brief };
  return (
    <div className="jp-nbflow-Compare-table">
      <table>
        <caption className="jp-nbflow-hidden">{trans.__('Runs side by side')}</caption>
        <thead>
          <tr>
            <td>
              <label className="jp-nbflow-Compare-brief">
                <input
                  type="checkbox"
                  checked={brief}
                  onChange={event => setBrief(event.target.checked)}
                />
                {trans.__('Only what differs')}
              </label>
            </td>
            {found.runs.map((run, index) => (
              <RunHead key={run.id} {...props} run={run} index={index} />
            ))}
          </tr>
        </thead>
        <Values
          {...part}
          title={trans.__('Parameters')}
          rows={kept(found.parameters)}
          absent={trans.__('default')}
        >
          {trans.__('The runs were given no parameters.')}
        </Values>
        <Values {...part} title={trans.__('Metrics')} rows={kept(found.metrics)} figures>
          {trans.__('The runs have no metrics: a cell with the tag “pipeline-metrics” names them.')}
        </Values>
        <Values {...part} title={trans.__('Surroundings')} rows={kept(found.settings)}>
          {''}
        </Values>
        <Times {...part} rows={kept(found.steps)} />
      </table>
    </div>
  );
}

function RunHead(props: IPart & { run: RunSummary; index: number }): JSX.Element {
  const { model, context, found, run, index } = props;
  const { trans } = context;
  const name = trans.__('Run %1', run.id);
  return (
    <th scope="col">
      <div className="jp-nbflow-Compare-run">
        <button className="jp-nbflow-link" onClick={() => context.openRun(run.id, run.folder)}>
          {name}
        </button>
        {index === 0 ? (
          <span className="jp-nbflow-Compare-base">{trans.__('base')}</span>
        ) : (
          <button
            className="jp-nbflow-link"
            title={trans.__('Compare the others with run %1', run.id)}
            onClick={() => model.lead(run.id)}
          >
            {trans.__('make base')}
          </button>
        )}
        {found.runs.length > 2 && (
          <button
            className="jp-nbflow-Compare-leave"
            title={trans.__('Compare without run %1', run.id)}
            aria-label={trans.__('Compare without run %1', run.id)}
            onClick={() => model.leave(run.id)}
          >
            <closeIcon.react tag="span" />
          </button>
        )}
      </div>
      <div className="jp-nbflow-Compare-facts">
        <StateMark state={run.state as Shown} trans={trans} word />
        <Elapsed started={run.started} seconds={run.seconds} running={run.state === 'running'} />
      </div>
      <div className="jp-nbflow-Compare-facts" title={moment(run.started)}>
        {engineOf(run)}, {ago(run.started, serverClock.now(), trans)}
      </div>
    </th>
  );
}

interface IRows extends IPart {
  brief: boolean;
}

function Group(props: { title: string; columns: number; children: ReactNode }): JSX.Element {
  return (
    <tbody>
      <tr className="jp-nbflow-Compare-group">
        <th scope="rowgroup" colSpan={props.columns + 1}>
          {props.title}
        </th>
      </tr>
      {props.children}
    </tbody>
  );
}

function Empty(props: { columns: number; children: ReactNode }): JSX.Element {
  return (
    <tr className="jp-nbflow-Compare-none">
      <td colSpan={props.columns + 1}>{props.children}</td>
    </tr>
  );
}

function Values(
  props: IRows & {
    title: string;
    rows: readonly ComparedValue[];
    figures?: boolean;
    /** What stands where a run has no value. */
    absent?: string;
    children: string;
  }
): JSX.Element | null {
  const { found, context, rows, brief } = props;
  const columns = found.runs.length;
  if (rows.length === 0 && props.children === '') {
    return null;
  }
  return (
    <Group title={props.title} columns={columns}>
      {rows.length === 0 && (
        <Empty columns={columns}>
          {brief ? context.trans.__('Nothing differs.') : props.children}
        </Empty>
      )}
      {rows.map(row => (
        <tr key={row.name} data-row={row.name} data-differs={row.differs ? '' : undefined}>
          <RowHead {...row} trans={context.trans} />
          {found.runs.map(({ id }, index) => (
            <Value
              key={id}
              row={row}
              run={id}
              base={index > 0 && props.figures ? row.values[found.runs[0].id] : undefined}
              absent={props.absent ?? context.trans.__('none')}
            />
          ))}
        </tr>
      ))}
    </Group>
  );
}

/** The name of a row, with a sign where the runs differ in it. */
function RowHead(props: { name: string; differs: boolean; trans: TranslationBundle }): JSX.Element {
  const { name, differs, trans } = props;
  return (
    <th scope="row" title={name}>
      <span className="jp-nbflow-Compare-name">{name}</span>
      {differs && (
        <span className="jp-nbflow-Compare-differs" title={trans.__('The runs differ in it')}>
          <span aria-hidden="true">≠</span>
          <span className="jp-nbflow-hidden">{trans.__('differs')}</span>
        </span>
      )}
    </th>
  );
}

function Value(props: {
  row: ComparedValue;
  run: string;
  base: unknown;
  absent: string;
}): JSX.Element {
  const { row, run, base, absent } = props;
  if (!(run in row.values)) {
    const known = run in row.defaults ? written(row.defaults[run]) : '';
    return (
      <td className="jp-nbflow-Compare-missing">
        {known && <span className="jp-nbflow-Compare-value">{known}</span>} {absent}
      </td>
    );
  }
  const value = row.values[run];
  const text = written(value);
  const differs = change(value, base);
  const exact = typeof value === 'number' ? String(value) : text;
  return (
    <td title={exact} className={typeof value === 'number' ? 'jp-mod-number' : undefined}>
      <span className="jp-nbflow-Compare-value">{text}</span>
      {differs && <span className="jp-nbflow-Compare-change">{differs}</span>}
    </td>
  );
}

/** What became of each step, with a bar as long as it took. */
function Times(props: IRows & { rows: readonly ComparedStep[] }): JSX.Element {
  const { found, context, rows, brief } = props;
  const { trans } = context;
  const longest = Math.max(...found.steps.flatMap(step => secondsOf(found, step)), 1e-9);
  const columns = found.runs.length;
  return (
    <Group title={trans.__('Steps')} columns={columns}>
      {rows.length === 0 && (
        <Empty columns={columns}>
          {brief ? trans.__('All steps ended alike.') : trans.__('No step has begun yet.')}
        </Empty>
      )}
      {rows.map(step => (
        <tr key={step.name} data-row={step.name} data-differs={step.differs ? '' : undefined}>
          <RowHead {...step} trans={trans} />
          {found.runs.map(({ id, folder }) => (
            <StepTime
              key={id}
              {...props}
              step={step}
              run={id}
              longest={longest}
              open={() => context.openRun(id, folder, step.name)}
            />
          ))}
        </tr>
      ))}
    </Group>
  );
}

function secondsOf({ runs }: Comparison, step: ComparedStep): number[] {
  return runs.map(({ id }) => step.runs[id]?.seconds ?? 0);
}

function StepTime(
  props: IRows & { step: ComparedStep; run: string; longest: number; open: () => void }
): JSX.Element {
  const { step, run, longest, context, open } = props;
  const { trans } = context;
  const one = step.runs[run];
  if (one === undefined) {
    return <td className="jp-nbflow-Compare-missing">{trans.__('no such step')}</td>;
  }
  const state = shownOf({ state: one.state as State, reused: one.reused, again: '' });
  const about = [
    one.reused && trans.__('result of run %1', one.reused),
    one.reason,
    one.message,
    one.cpu_seconds > 0 && trans.__('%1 of processor time', duration(one.cpu_seconds)),
    one.peak_bytes > 0 && trans.__('%1 of memory at most', bytes(one.peak_bytes))
  ].filter(Boolean);
  return (
    <td title={about.join('\n')}>
      <button className="jp-nbflow-Compare-step" onClick={open}>
        <StateMark state={state} trans={trans} word={state !== 'done'} />
        <span className="jp-nbflow-Compare-time">
          {one.seconds === null ? '' : duration(one.seconds)}
        </span>
        <span
          className={`jp-nbflow-Compare-bar jp-nbflow-State jp-mod-${state}`}
          aria-hidden="true"
          style={{ width: `${(100 * (one.seconds ?? 0)) / longest}%` }}
        />
      </button>
    </td>
  );
}
