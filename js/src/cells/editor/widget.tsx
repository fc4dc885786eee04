// The one editor of steps, which follows the active cell.

import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { JSX } from 'react';

import { saidBy } from '../../lab/source';
import type { NotebookModel } from '../../model/notebook';
import { TagsModel } from '../../model/tags';
import type { INbflow } from '../../tokens';
import type { CellSettings } from '../settings';
import { Desk } from './desk';
import { unshortcut } from './keys';
import { isBuilt, place, steadily } from './place';
import { enter, StepLine } from './stepline';

class LineWidget extends ReactWidget {
  constructor(
    private readonly _desk: Desk,
    readonly cell: Cell
  ) {
    super();
    this.addClass('jp-nbflow-StepLine');
    unshortcut(this.node);
  }

  /** Put the cursor into the line, now or as soon as it can be. */
  enter(): void {
    this._desk.entering = true;
    enter(this._desk, this.node);
  }

  /** Keep what is being typed; nothing is shown any more. */
  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    if (this.node.contains(document.activeElement)) {
      (document.activeElement as HTMLElement).blur();
    }
    super.dispose();
  }

  protected override render(): JSX.Element {
    return <StepLine desk={this._desk} />;
  }
}

export class StepEditor {
  constructor(
    private readonly _nbflow: INbflow,
    private readonly _tracker: INotebookTracker,
    private readonly _settings: CellSettings,
    private readonly _trans: TranslationBundle,
    private readonly _tell: (cell: Cell) => void
  ) {
    this._tags = new TagsModel(_nbflow.client);
    _tracker.activeCellChanged.connect(this._follow, this);
    _tracker.currentChanged.connect(this._follow, this);
    _settings.changed.connect(this._follow, this);
  }

  /** Put the cursor into the editor of the active cell, where it is not shown as well. */
  async edit(): Promise<void> {
    const { activeCell } = this._tracker;
    if (activeCell === null) {
      return;
    }
    this._asked = activeCell;
    await activeCell.ready;
    this._follow();
    this._line?.enter();
  }

  private _follow(): void {
    const { activeCell: cell, currentWidget: panel } = this._tracker;
    if (panel !== this._panel) {
      const model = panel && this._nbflow.notebookOf(panel);
      this._model?.changed.disconnect(this._follow, this);
      this._model?.source.changed.disconnect(this._follow, this);
      this._panel = panel;
      this._model = model;
      model?.changed.connect(this._follow, this);
      model?.source.changed.connect(this._follow, this);
    }
    if (this._asked !== cell) {
      this._asked = null;
    }
    const wanted = cell !== null && panel !== null && this._wanted(panel, cell) ? cell : null;
    if (wanted === (this._line?.cell ?? null) && !this._line?.isDisposed) {
      return;
    }
    if (wanted !== null && !isBuilt(wanted)) {
      void wanted.ready.then(() => this._follow());
      return;
    }
    if (panel === null || panel.isDisposed) {
      this._show(null, panel);
    } else {
      steadily(panel.content, cell, () => this._show(wanted, panel));
    }
  }

  private _wanted(panel: NotebookPanel, cell: Cell): boolean {
    if (cell.isDisposed || cell.model.type !== 'code') {
      return false;
    }
    if (this._asked === cell || this._settings.editor === 'always') {
      return true;
    }
    const tagged = panel.content.widgets.some(each => saidBy(each.model).length > 0);
    return this._settings.editor === 'tagged' && tagged && this._isPipeline(panel);
  }

  /** Whether tags of the notebook speak of steps, as far as that is known. */
  private _isPipeline(panel: NotebookPanel): boolean {
    return !!this._nbflow.notebookOf(panel).analysis?.cells.some(cell => cell.own);
  }

  private _show(cell: Cell | null, panel: NotebookPanel | null): void {
    this._line?.cell.node.removeAttribute('data-nbflow-edited');
    this._line?.dispose();
    this._watching?.dispose();
    this._line = this._watching = null;
    if (cell === null || panel === null) {
      return;
    }
    const model = this._nbflow.notebookOf(panel);
    this._watching = model.watch();
    const desk = new Desk(
      model,
      this._tags,
      cell.model.id,
      this._trans,
      () => void NotebookActions.focusActiveCell(panel.content),
      again => (again ? NotebookActions.redo(panel.content) : NotebookActions.undo(panel.content)),
      () => this._tell(cell)
    );
    this._line = new LineWidget(desk, cell);
    cell.node.setAttribute('data-nbflow-edited', '');
    place(this._line, cell);
  }

  private readonly _tags: TagsModel;
  private _panel: NotebookPanel | null = null;
  private _model: NotebookModel | null = null;
  private _line: LineWidget | null = null;
  private _watching: IDisposable | null = null;
  private _asked: Cell | null = null;
}
