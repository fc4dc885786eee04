// A notebook that is open in JupyterLab, as the model sees it.

import type { ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Change, INotebookSource } from '../model/source';

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

  tags(id: string): readonly string[] | null {
    const found = [...(this.panel.context.model.cells ?? [])].find(cell => cell.id === id);
    return found === undefined ? null : tagsOf(found);
  }

  apply(changes: readonly Change[]): void {
    const model = this.panel.context.model;
    const cells = new Map([...model.cells].map(cell => [cell.id, cell]));
    this._endOfUndo();
    model.sharedModel.transact(() => {
      for (const change of changes) {
        if ('key' in change) {
          setValue(model, change.key, change.value);
        } else {
          const cell = cells.get(change.cell);
          if (cell && change.tags !== undefined) {
            setValue(cell, 'tags', change.tags.length > 0 ? [...change.tags] : null);
          }
          if (change.source !== undefined) {
            replace(cell?.sharedModel, change.source);
          }
        }
      }
    });
    this._endOfUndo();
  }

  async save(): Promise<void> {
    await this.panel.context.save();
  }

  /** What is changed from now on is undone by itself, not together with what was typed a moment ago. */
  private _endOfUndo(): void {
    const { undoManager } = this.panel.context.model.sharedModel as unknown as {
      undoManager?: { stopCapturing(): void };
    };
    undoManager?.stopCapturing();
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

/** The tags of a cell; what is no text among them is left out. */
export function tagsOf(cell: ICellModel): readonly string[] {
  const tags: unknown = cell.getMetadata('tags');
  return Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string') : [];
}

function setValue(
  model: Pick<ICellModel, 'setMetadata' | 'deleteMetadata'>,
  key: string,
  value: unknown
): void {
  if (value === null) {
    model.deleteMetadata(key);
  } else {
    model.setMetadata(key, value);
  }
}

/** Give the cell another text, so that cursors stay where the text is the same. */
function replace(cell: ISharedText | undefined, text: string): void {
  const old = cell?.getSource() ?? '';
  const most = Math.min(old.length, text.length);
  let start = 0;
  while (start < most && old[start] === text[start]) {
    start += 1;
  }
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === text[text.length - 1 - end]) {
    end += 1;
  }
  cell?.updateSource(start, old.length - end, text.slice(start, text.length - end));
}

type ISharedText = Pick<ICellModel['sharedModel'], 'getSource' | 'updateSource'>;
