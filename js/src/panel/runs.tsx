// The last runs of the notebook, wherever they were.

import { filterIcon } from '@jupyterlab/ui-components';
import { useMemo, useState, type JSX, type KeyboardEvent } from 'react';

import { ANY, enginesOf, filtered, type IFilter } from '../model/listed';
import { useSignal } from '../parts/useSignal';
import type { RunSummary } from '../schema';
import { CommandIDs } from '../tokens';
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
  const { list, more } = model.history;
  const parameters = model.analysis?.parameters;
  const [count, setCount] = useState(FIRST);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const found = useMemo(
    () => filtered(list ?? [], filter, parameters ?? []),
    [list, filter, parameters]
  );
  const tick = (id: string) => {
    const next = new Set(ticked);
    if (!next.delete(id)) {
      next.add(id);
    }
    setTicked(next);
  };
  return (
    <>
      <Compare view={view} ticked={ticked} />
      <ul className="jp-nbflow-runs" onKeyDown={byArrows}>
        {found.slice(0, count).map(each => (
          <RunRow
            key={`${each.folder}/${each.id}`}
            view={view}
            run={each}
            ticked={ticked.has(each.id)}
            onTick={() => tick(each.id)}
          />
        ))}
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

/** Two or more that are ticked can be seen side by side. */
function Compare(props: { view: IView; ticked: ReadonlySet<string> }): JSX.Element | null {
  const { view, ticked } = props;
  const { model, commands, trans } = view;
  const runs = (model.history.list ?? []).filter(each => ticked.has(each.id));
  if (runs.length === 0) {
    return null;
  }
  const able = runs.length > 1 && commands.hasCommand(CommandIDs.compare);
  const compare = () =>
    void commands.execute(CommandIDs.compare, {
      folder: runs[0].folder,
      runs: runs.map(each => each.id)
    });
  return (
    <div className="jp-nbflow-compare" role="status">
      <button
        className="jp-nbflow-button"
        aria-disabled={!able}
        onClick={able ? compare : undefined}
      >
        {trans.__('Compare')}
      </button>
      {runs.length === 1
        ? trans.__('Tick another run to compare.')
        : trans._n('%1 run', '%1 runs', runs.length)}
    </div>
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
