// A batch: how it stands, its metrics as plots, and its members as a table.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { useMemo, type JSX } from 'react';

import { serverClock } from '../clock';
import { Read, Section } from '../compare/page';
import { Plots } from '../compare/plots';
import { countsOf, membersOf, plottedOf, sharedOf, type BatchModel } from '../model/batches';
import { ago, moment } from '../model/format';
import type { State } from '../model/run';
import { StateMark } from '../parts/mark';
import type { Batch } from '../schema';
import { Members } from './members';

export interface IBatch {
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
  readonly found: Batch;
}

export function BatchBody(props: Omit<IBatch, 'found'> & { model: BatchModel }): JSX.Element {
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

function Head({ found, commands, trans }: IBatch): JSX.Element {
  const { name, notebook, state, started } = found;
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
      </div>
      <div className="jp-nbflow-Run-facts">
        <span>
          {membersOf(found, trans)}: {countsOf(found, trans)}
        </span>
        <span>{sharedOf(found, trans)}</span>
        <span title={moment(started)}>{ago(started, serverClock.now(), trans)}</span>
      </div>
    </header>
  );
}
