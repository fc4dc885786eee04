// A batch: how it stands, its metrics as plots, and its members as a table.

import type { TranslationBundle } from '@jupyterlab/translation';
import { runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { useMemo, type JSX } from 'react';

import { serverClock } from '../clock';
import { Read, Section } from '../compare/page';
import { Plots } from '../compare/plots';
import { countsOf, membersOf, plottedOf, sharedOf, type BatchModel } from '../model/batches';
import { ago, moment } from '../model/format';
import type { State } from '../model/run';
import { Action, useAction } from '../parts/action';
import { StateMark } from '../parts/mark';
import type { Batch } from '../schema';
import { Members } from './members';

interface IBody {
  readonly model: BatchModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
  /** Save what is not saved of a notebook. */
  readonly save: (path: string) => Promise<void>;
}

export interface IBatch extends IBody {
  readonly found: Batch;
}

export function BatchBody(props: IBody): JSX.Element {
  const { trans } = props;
  return (
    <Read model={props.model} trans={trans} loading={trans.__('Reading the batch…')}>
      {found => <Parts {...props} found={found} />}
    </Read>
  );
}

function Parts(props: IBatch): JSX.Element {
  const { found, trans } = props;
  const plotted = useMemo(() => plottedOf(found), [found]);
  return (
    <>
      <Head {...props} />
      {found.metrics.length > 0 && (
        <Section title={trans.__('Metrics as plots')}>
          <Plots
            found={plotted}
            trans={trans}
            named={member => trans.__('member %1', member)}
            first="parameters"
          />
        </Section>
      )}
      <Section title={trans.__('Members')}>
        <Members {...props} />
      </Section>
    </>
  );
}

function Head({ model, found, commands, trans, save }: IBatch): JSX.Element {
  const { name, notebook, state, started, rows } = found;
  const [problem, act, busy] = useAction();
  const going = rows.find(row => row.state === 'running');
  const resume = async () => {
    await save(notebook);
    await model.resume();
  };
  return (
    <header className="jp-nbflow-Compare-wide jp-nbflow-Batch-head">
      <div className="jp-nbflow-Run-title">
        <h1>
          <button
            className="jp-nbflow-link"
            title={notebook}
            onClick={() => void commands.execute('docmanager:open', { path: notebook })}
          >
            {notebook.split('/').pop()}
          </button>
          <span>{trans.__('Batch %1', name)}</span>
        </h1>
        <StateMark state={state as State} trans={trans} word />
        <span className="jp-nbflow-fill" />
        {state === 'running'
          ? going && (
              <Action icon={stopIcon} off={busy} act={() => act(() => model.stop(going.run))}>
                {trans.__('Stop')}
              </Action>
            )
          : state !== 'done' && (
              <Action icon={runIcon} off={busy} act={() => act(resume)}>
                {trans.__('Resume')}
              </Action>
            )}
      </div>
      <div className="jp-nbflow-Run-facts">
        <span>
          {membersOf(found, trans)}: {countsOf(found, trans)}
        </span>
        <span>{sharedOf(found, trans)}</span>
        <span title={moment(started)}>{ago(started, serverClock.now(), trans)}</span>
      </div>
      {problem && (
        <p className="jp-nbflow-Run-note" role="alert">
          {problem}
        </p>
      )}
    </header>
  );
}
