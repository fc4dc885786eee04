// The last runs of the notebook, wherever they were.

import { filterIcon } from '@jupyterlab/ui-components';
import { useMemo, useState, type JSX, type KeyboardEvent } from 'react';

import { entriesOf } from '../model/batches';
import { ANY, enginesOf, filtered, type IFilter } from '../model/listed';
import { useSignal } from '../parts/useSignal';
import { CompareRuns, useTicks } from '../parts/ticked';
import type { RunSummary } from '../schema';
import { BatchRow } from './batchRow';
import { ToolButton } from './buttons';
import { RunRow } from './runRow';
import { Section } from './section';
import type { IPart, IView } from './view';
import { runStates } from './words';

/** So many are shown at first. */
const FIRST = 20;

export function Runs({ view }: IPart): JSX.Element {
  const { model, trans } = view;
  const { history } = model;
  useSignal(history.changed);
  const [filter, setFilter] = useState<IFilter | null>(null);
  const runs = history.list ?? [];
  const tools = runs.length > 0 && (
    <ToolButton
      icon={filterIcon}
      label={trans.__('Filter the runs')}
      pressed={filter !== null}
      onClick={() => setFilter(filter === null ? ANY : null)}
    />
  );
  return (
    <Section
      name="runs"
      title={trans.__('Runs')}
      count={history.list === null ? undefined : runs.length}
      tools={tools}
    >
      {filter !== null && <Filter view={view} filter={filter} runs={runs} set={setFilter} />}
      {history.problem !== null && (
        <p className="jp-nbflow-wrong" role="alert">
          {history.problem.message}
        </p>
      )}
      {history.notes.map(each => (
        <p key={each} className="jp-nbflow-hint">
          {each}
        </p>
      ))}
      {runs.length > 0 ? (
        <List view={view} filter={filter ?? ANY} />
      ) : (
        history.problem === null && (
          <p className="jp-nbflow-empty">
            {history.list === null
              ? trans.__('Reading the runs…')
              : trans.__('The notebook has not been run yet.')}
          </p>
        )
      )}
    </Section>
  );
}

function Filter(props: {
  view: IView;
  filter: IFilter;
  runs: readonly RunSummary[];
  set: (filter: IFilter) => void;
}): JSX.Element {
  const { view, filter, runs, set } = props;
  const { trans } = view;
  const engines = enginesOf(runs);
  return (
    <div className="jp-nbflow-filter">
      <input
        type="search"
        className="jp-nbflow-field"
        placeholder={trans.__('depth=4, auc, …')}
        aria-label={trans.__('Only runs with')}
        autoFocus
        value={filter.text}
        onChange={event => set({ ...filter, text: event.target.value })}
      />
      <select
        className="jp-nbflow-field"
        aria-label={trans.__('State')}
        value={filter.state}
        onChange={event => set({ ...filter, state: event.target.value })}
      >
        <option value="">{trans.__('any state')}</option>
        {runStates(trans).map(([state, word]) => (
          <option key={state} value={state}>
            {word}
          </option>
        ))}
      </select>
      {engines.length > 1 && (
        <select
          className="jp-nbflow-field"
          aria-label={trans.__('Engine')}
          value={filter.engine}
          onChange={event => set({ ...filter, engine: event.target.value })}
        >
          <option value="">{trans.__('any engine')}</option>
          {engines.map(each => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </div>
  );
}

function List({ view, filter }: { view: IView; filter: IFilter }): JSX.Element {
  const { model, trans } = view;
  const { list, batches, more } = model.history;
  const parameters = model.analysis?.parameters;
  const [count, setCount] = useState(FIRST);
  const [ticked, tick] = useTicks();
  const found = useMemo(
    () => entriesOf(filtered(list ?? [], filter, parameters ?? []), batches),
    [list, batches, filter, parameters]
  );
  const runs = (list ?? []).filter(each => ticked.has(each.id));
  const rowOf = (run: RunSummary) => (
    <RunRow
      key={`${run.folder}/${run.id}`}
      view={view}
      run={run}
      ticked={ticked.has(run.id)}
      onTick={() => tick(run.id)}
    />
  );
  return (
    <>
      <CompareRuns
        folder={runs[0]?.folder}
        runs={runs.map(each => each.id)}
        commands={view.commands}
        trans={trans}
      />
      <ul className="jp-nbflow-runs" onKeyDown={byArrows}>
        {found.slice(0, count).map(({ batch, runs }) =>
          batch ? (
            <BatchRow key={`batch ${batch.name}`} view={view} batch={batch}>
              {runs.map(rowOf)}
            </BatchRow>
          ) : (
            runs.map(rowOf)
          )
        )}
      </ul>
      {found.length === 0 && <p className="jp-nbflow-empty">{trans.__('No run is like that.')}</p>}
      {found.length > count && (
        <button className="jp-nbflow-link jp-nbflow-more" onClick={() => setCount(count + 100)}>
          {trans._n('%1 older run', '%1 older runs', found.length - count)}
        </button>
      )}
      {more && found.length <= count && (
        <p className="jp-nbflow-hint jp-nbflow-more">{trans.__('There are older runs.')}</p>
      )}
    </>
  );
}

/** Arrows lead from run to run. */
function byArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = event.target as HTMLElement;
  const kind = here.dataset.part;
  if (step === undefined || kind === undefined) {
    return;
  }
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(`[data-part="${kind}"]`)];
  const next = all[all.indexOf(here) + step];
  if (next !== undefined) {
    event.preventDefault();
    next.focus();
  }
}
