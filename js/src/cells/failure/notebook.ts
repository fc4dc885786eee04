// The errors of the run that is shown in a notebook, at its cells.

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { PanelLayout } from '@lumino/widgets';

import type { NotebookModel } from '../../model/notebook';
import { CommandIDs } from '../../tokens';
import { inputOf, isBuilt, steadily } from '../editor/place';
import { failedIn, keyOf, type IFailed } from './failed';
import { Failure } from './widget';

export class NotebookFailures {
  constructor(
    readonly panel: NotebookPanel,
    readonly model: NotebookModel,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    model.changed.connect(this._show, this);
    model.source.changed.connect(this._show, this);
    panel.disposed.connect(() => {
      model.changed.disconnect(this._show, this);
      model.source.changed.disconnect(this._show, this);
    });
    this._show();
  }

  private _show(): void {
    const failed = failedIn(this.model.run).filter(each => !this._dismissed.has(keyOf(each)));
    if (failed.length + this._shown.size === 0 || this.panel.isDisposed) {
      return;
    }
    const cells = new Map(this.panel.content.widgets.map(cell => [cell.model.id, cell]));
    const wanted = new Map(failed.map(each => [keyOf(each), each]));
    for (const [key, widget] of this._shown) {
      if (widget.isDisposed || !wanted.has(key)) {
        this._steadily(() => widget.dispose());
        this._shown.delete(key);
      }
    }
    for (const [key, each] of wanted) {
      const cell = cells.get(this.model.idOf(each.cell) ?? '');
      if (cell !== undefined && !this._shown.has(key)) {
        this._put(each, cell);
      }
    }
  }

  private _put(failed: IFailed, cell: Cell): void {
    if (!isBuilt(cell)) {
      void cell.ready.then(() => this._show());
      return;
    }
    const key = keyOf(failed);
    const { path } = this.model;
    const widget = new Failure(
      failed,
      cell,
      this.model,
      this.panel.content.rendermime,
      this._trans,
      {
        open: () =>
          void this._commands.execute(CommandIDs.openRun, {
            ...failed.run,
            step: failed.step,
            path
          }),
        dismiss: () => {
          this._dismissed.add(key);
          this._show();
          cell.node.focus({ preventScroll: true });
        }
      }
    );
    this._shown.set(key, widget);
    this._steadily(() => (cell.layout as PanelLayout).insertWidget(inputOf(cell) + 1, widget));
  }

  /** The cell that the user works in stays where it is. */
  private _steadily(change: () => void): void {
    steadily(this.panel.content, this.panel.content.activeCell, change);
  }

  private readonly _shown = new Map<string, Failure>();
  private readonly _dismissed = new Set<string>();
}
