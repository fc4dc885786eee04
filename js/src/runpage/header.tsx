// The header of a run page: which run it is, how it stands, and what can be done with it.

import { launchIcon, refreshIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import { serverClock } from '../clock';
import { ago, figure, moment, plain } from '../model/format';
import { engineOf } from '../model/listed';
import type { State } from '../model/run';
import { Action, useAction } from '../parts/action';
import { StateMark } from '../parts/mark';
import type { Run } from '../schema';
import type { IPageProps } from './body';
import { Time } from './time';

export function Header(props: IPageProps & { run: Run }): JSX.Element {
  const { page, context, run } = props;
  const { trans } = context;
  const model = page.run;
  const state = (model.state ?? run.state) as State;
  const [problem, act, busy] = useAction();
  return (
    <header className="jp-nbflow-Run-header">
      <div className="jp-nbflow-Run-title">
        <h1>
          <button
            className="jp-nbflow-link"
            title={run.notebook}
            onClick={() => context.openNotebook(model)}
          >
            {run.notebook.split('/').pop()}
          </button>
          <span>{trans.__('Run %1', run.id)}</span>
        </h1>
        <StateMark state={state} trans={trans} word />
        <Time started={run.started} seconds={run.seconds} running={model.goesOn && page.visible} />
        <span className="jp-nbflow-fill" />
        {model.goesOn ? (
          <Action icon={stopIcon} off={busy} act={() => act(() => model.cancel())}>
            {trans.__('Stop')}
          </Action>
        ) : (
          <>
            {state !== 'done' && (
              <Action icon={runIcon} off={busy} act={() => act(() => context.resume(model))}>
                {trans.__('Resume')}
              </Action>
            )}
            <Action icon={refreshIcon} off={busy} act={() => act(() => context.again(model))}>
              {trans.__('Run again')}
            </Action>
          </>
        )}
        {run.url && (
          <a
            className="jp-nbflow-link"
            href={/^https?:/.test(run.url) ? run.url : undefined}
            target="_blank"
            rel="noreferrer"
          >
            {trans.__('Page of %1', engineOf(run))}
            <launchIcon.react tag="span" className="jp-nbflow-icon" />
          </a>
        )}
      </div>
      <Facts {...props} />
      {[run.note, run.message, model.problem?.message, problem]
        .filter(Boolean)
        .map((text, index) => (
          <p key={index} className="jp-nbflow-Run-note" role="status">
            {text}
          </p>
        ))}
    </header>
  );
}

function Facts(props: IPageProps & { run: Run }): JSX.Element {
  const { run, context } = props;
  const { batch, folder } = run;
  const { trans } = context;
  const values: [string, string][] = Object.entries(run.parameters).map(([name, value]) => [
    name,
    plain(value)
  ]);
  const metrics: [string, string][] = Object.entries(run.metrics).map(([name, value]) => [
    name,
    figure(value)
  ]);
  return (
    <div className="jp-nbflow-Run-facts">
      <span>{run.profile ? `${run.profile} (${run.engine})` : trans.__('this machine')}</span>
      <span title={moment(run.started)}>{ago(run.started, serverClock.now(), trans)}</span>
      {batch && (
        <button className="jp-nbflow-link" onClick={() => context.openBatch(batch, folder)}>
          {trans.__('Batch %1', batch)}
        </button>
      )}
      <Values label={trans.__('Parameters')} values={values} />
      <Values label={trans.__('Metrics')} values={metrics} strong />
    </div>
  );
}

function Values(props: {
  label: string;
  values: readonly [string, string][];
  strong?: boolean;
}): JSX.Element | null {
  if (props.values.length === 0) {
    return null;
  }
  return (
    <ul className="jp-nbflow-chips" aria-label={props.label}>
      {props.values.map(([name, value]) => (
        <li key={name} title={`${name} = ${value}`} className={props.strong ? 'jp-mod-strong' : ''}>
          {name}={value}
        </li>
      ))}
    </ul>
  );
}
