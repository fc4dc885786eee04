// One run of the list.

import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { Menu } from '@lumino/widgets';
import type { JSX } from 'react';

import { serverClock } from '../clock';
import { ago, moment } from '../model/format';
import { engineOf, given, metricsOf } from '../model/listed';
import type { State } from '../model/run';
import { StateMark } from '../parts/mark';
import { Elapsed } from '../parts/times';
import type { RunSummary } from '../schema';
import { CommandIDs } from '../tokens';
import { ToolButton } from './buttons';
import { openMenu } from './menu';
import type { IView } from './view';

interface IRunRow {
  readonly view: IView;
  readonly run: RunSummary;
  readonly ticked: boolean;
  readonly onTick: () => void;
}

export function RunRow({ view, run, ticked, onTick }: IRunRow): JSX.Element {
  const { model, commands, trans } = view;
  const { id, folder } = run;
  const parameters = given(run, model.analysis?.parameters ?? []);
  const metrics = metricsOf(run);
  const shown = model.run?.ref.id === id && model.run.ref.folder === folder;
  const open = () => {
    const page = commands.hasCommand(CommandIDs.openRun);
    void commands.execute(page ? CommandIDs.openRun : CommandIDs.showAtCells, {
      id,
      folder,
      path: model.path
    });
  };
  const menu = (place: HTMLElement) => openMenu(commands, itemsFor(view, run), place);
  return (
    <li
      className="jp-nbflow-run"
      data-run={id}
      data-state={run.state}
      aria-current={shown || undefined}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation();
        menu(event.currentTarget);
      }}
    >
      <input
        type="checkbox"
        checked={ticked}
        onChange={onTick}
        data-part="tick"
        aria-label={trans.__('Compare run %1', id)}
      />
      <button
        className="jp-nbflow-runMain"
        data-part="run"
        title={trans.__('Run %1, started %2', id, moment(run.started))}
        onClick={open}
      >
        <span className="jp-nbflow-runLine">
          <StateMark state={run.state as State} trans={trans} />
          <b>{id}</b>
          <span className="jp-nbflow-cut">{engineOf(run)}</span>
          <span className="jp-nbflow-runTime">
            <Elapsed
              started={run.started}
              seconds={run.seconds}
              running={run.state === 'running'}
            />
          </span>
        </span>
        <span className="jp-nbflow-runLine jp-nbflow-hint">
          <span className="jp-nbflow-cut" title={[...metrics, ...parameters].join('\n')}>
            {[...metrics.slice(0, 1), ...parameters].join('  ')}
          </span>
          <span className="jp-nbflow-runTime">{ago(run.started, serverClock.now(), trans)}</span>
        </span>
      </button>
      <ToolButton
        icon={ellipsesIcon}
        label={trans.__('More for run %1', id)}
        menu
        part="menu"
        onClick={event => menu(event.currentTarget)}
      />
    </li>
  );
}

/** What can be done with a run. */
function itemsFor({ model, commands }: IView, run: RunSummary): Menu.IItemOptions[] {
  const args = { id: run.id, folder: run.folder, path: model.path };
  const going = run.state === 'running';
  const ended = run.state === 'failed' || run.state === 'stopped';
  const items: Menu.IItemOptions[] = [];
  if (commands.hasCommand(CommandIDs.openRun)) {
    items.push({ command: CommandIDs.openRun, args: { id: run.id, folder: run.folder } });
  }
  items.push({ command: CommandIDs.showAtCells, args });
  if (going) {
    items.push({ command: CommandIDs.stop, args });
  }
  if (ended) {
    items.push({ command: CommandIDs.resume, args });
  }
  items.push({
    command: CommandIDs.fill,
    args: { path: model.path, parameters: run.parameters as Record<string, never> }
  });
  return items;
}
