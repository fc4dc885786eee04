// A notebook that is open in JupyterLab, as the model sees it.

import type { ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Change, INotebookSource } from '../model/source';
import { stepLine } from '../model/stepline';

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
    const found = this._find(id);
    return found === undefined ? null : tagsOf(found);
  }

  text(id: string): string {
    return this._find(id)?.sharedModel.getSource() ?? '';
  }

  apply(changes: readonly Change[]): void {
    const { cells, sharedModel } = this.panel.context.model;
    const known = new Map([...cells].map(cell => [cell.id, cell]));
    alone(sharedModel, () => sharedModel.transact(() => this._mark(changes, known)));
    for (const change of changes) {
      const cell = 'cell' in change ? known.get(change.cell)?.sharedModel : undefined;
      if (cell !== undefined && 'source' in change && change.source !== undefined) {
        // Texts have an undo of their own, which is that of their editor.
        const text = change.source;
        alone(cell, () => replace(cell, text));
      }
    }
  }

  async save(): Promise<void> {
    await this.panel.context.save();
  }

  private _find(id: string): ICellModel | undefined {
    return [...(this.panel.context.model.cells ?? [])].find(cell => cell.id === id);
  }

  /** Change metadata of cells and of the notebook. */
  private _mark(changes: readonly Change[], cells: ReadonlyMap<string, ICellModel>): void {
    for (const change of changes) {
      if ('key' in change) {
        setValue(this.panel.context.model, change.key, change.value);
      } else if (change.tags !== undefined) {
        const cell = cells.get(change.cell);
        const tags = change.tags.length > 0 ? [...change.tags] : null;
        if (cell !== undefined) {
          setValue(cell, 'tags', tags);
        }
      }
    }
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

/** What a cell says of its step: its tags, and its `%%step` line as one more text. */
export function saidBy(cell: ICellModel): readonly string[] {
  const line = stepLine(cell.sharedModel.getSource());
  return line === '' ? tagsOf(cell) : [...tagsOf(cell), line];
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

/** Make a change that is undone by itself, not together with what was typed a moment before or after. */
function alone(shared: object, change: () => void): void {
  const { undoManager } = shared as { undoManager?: { stopCapturing(): void } | null };
  undoManager?.stopCapturing();
  change();
  undoManager?.stopCapturing();
}

/** Give the cell another text, so that cursors stay where the text is the same. */
function replace(cell: ICellModel['sharedModel'], text: string): void {
  const old = cell.getSource();
  const most = Math.min(old.length, text.length);
  let start = 0;
  while (start < most && old[start] === text[start]) {
    start += 1;
  }
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === text[text.length - 1 - end]) {
    end += 1;
  }
  cell.updateSource(start, old.length - end, text.slice(start, text.length - end));
}
