// Going to a place of a notebook.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';

import type { INbflow } from '../tokens';

/** A cell of a notebook; a line counts from 1, a column from 0. */
export interface IPlace {
  readonly path: string;
  readonly cell: string;
  readonly line?: number;
  readonly column?: number;
}

/** Bring the notebook to the front, opened where it is not, and put the cursor there; false where it is gone. */
export async function goTo(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  nbflow: INbflow,
  place: IPlace
): Promise<boolean> {
  const panel = await opened(app, tracker, place.path);
  const notebook = panel?.content;
  const model = panel && nbflow.notebookOf(panel);
  if (model?.analysis === null && model.idOf(place.cell) === null) {
    await model.refresh();
  }
  const id = model?.idOf(place.cell);
  const index = notebook?.widgets.findIndex(each => each.model.id === id) ?? -1;
  if (!panel || !notebook || index < 0) {
    return false;
  }
  app.shell.activateById(panel.id);
  const cell = notebook.widgets[index];
  NotebookActions.expandParent(cell, notebook);
  notebook.deselectAll();
  notebook.activeCellIndex = index;
  await notebook.scrollToItem(index, 'smart');
  if (!place.line) {
    notebook.mode = 'command';
    notebook.node.focus();
    return true;
  }
  await cell.ready;
  notebook.mode = 'edit';
  const position = { line: place.line - 1, column: place.column ?? 0 };
  cell.editor?.setCursorPosition(position);
  cell.editor?.revealPosition(position);
  cell.editor?.focus();
  return true;
}

async function opened(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  path: string
): Promise<NotebookPanel | undefined> {
  const isThere = (each: NotebookPanel | null) => each?.context.localPath === path;
  // Of several views the one in front.
  const find = () =>
    isThere(tracker.currentWidget) ? tracker.currentWidget! : tracker.find(isThere);
  if (find() === undefined) {
    await app.commands.execute('docmanager:open', { path });
  }
  const panel = find();
  await panel?.context.ready;
  await panel?.revealed;
  return panel;
}
