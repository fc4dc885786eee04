// A notebook that is open in JupyterLab, as the model sees it.

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';

import type { ICellChange, INotebookSource } from '../model/source';

export class PanelSource implements INotebookSource {
  constructor(readonly panel: NotebookPanel) {
    this.ready = panel.context.ready.then(() => {
      panel.context.model.contentChanged.connect(this._told, this);
    });
    panel.content.activeCellChanged.connect(this._moved, this);
    panel.context.pathChanged.connect(this._told, this);
    panel.disposed.connect(() => {
      this._disposed.emit();
      Signal.clearData(this);
    });
  }

  readonly ready: Promise<void>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  get active(): string | null {
    return this.panel.content.activeCell?.model.id ?? null;
  }

  get activeChanged(): ISignal<this, void> {
    return this._activeChanged;
  }

  get path(): string {
    return this.panel.context.localPath;
  }

  get dirty(): boolean {
    return this.panel.context.model.dirty;
  }

  read(): Record<string, unknown> {
    const model = this.panel.context.model;
    const cells = [...model.cells].map(cell => {
      const shared = cell.sharedModel;
      const found = {
        id: shared.getId(),
        cell_type: shared.cell_type,
        source: shared.getSource(),
        metadata: shared.getMetadata()
      };
      return shared.cell_type === 'code' ? { ...found, outputs: [], execution_count: null } : found;
    });
    return {
      cells,
      metadata: model.sharedModel.metadata,
      nbformat: model.nbformat,
      nbformat_minor: model.nbformatMinor
    };
  }

  apply(changes: readonly ICellChange[]): void {
    const model = this.panel.context.model;
    const cells = new Map([...model.cells].map(cell => [cell.id, cell]));
    model.sharedModel.transact(() => {
      for (const change of changes) {
        const cell = cells.get(change.cell);
        if (change.tags !== undefined) {
          if (change.tags.length > 0) {
            cell?.setMetadata('tags', [...change.tags]);
          } else {
            cell?.deleteMetadata('tags');
          }
        }
        if (change.source !== undefined) {
          cell?.sharedModel.setSource(change.source);
        }
      }
    });
  }

  async save(): Promise<void> {
    await this.panel.context.save();
  }

  private _moved(): void {
    this._activeChanged.emit();
  }

  private _told(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _activeChanged = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
}
