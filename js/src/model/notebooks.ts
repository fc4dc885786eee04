// The open notebooks, and which of them is in front.

import { Signal, type ISignal } from '@lumino/signaling';

import type { Client } from '../client';
import { NotebookModel } from './notebook';
import type { RunsModel } from './runs';
import type { INotebookSource } from './source';

export class NotebooksModel {
  constructor(
    readonly client: Client,
    readonly runs: RunsModel
  ) {}

  /** Another notebook has come to the front. */
  get currentChanged(): ISignal<this, NotebookModel | null> {
    return this._currentChanged;
  }

  /** The notebook in front, or null. */
  get current(): NotebookModel | null {
    return this._current;
  }

  /** The model of an open notebook. */
  open(source: INotebookSource): NotebookModel {
    let found = this._known.get(source);
    if (found === undefined) {
      found = new NotebookModel(source, this.client, this.runs);
      this._known.set(source, found);
      source.disposed.connect(() => {
        this._known.delete(source);
        if (this._current?.source === source) {
          this.bring(null);
        }
      });
    }
    return found;
  }

  /** The open notebook with this path, or null; the one in front where it has several views. */
  at(path: string): NotebookModel | null {
    if (this._current?.path === path) {
      return this._current;
    }
    return [...this._known.values()].find(each => each.path === path) ?? null;
  }

  /** Bring a notebook to the front. */
  bring(source: INotebookSource | null): void {
    const found = source && this.open(source);
    if (found !== this._current) {
      this._current = found;
      this._currentChanged.emit(found);
    }
  }

  private readonly _known = new Map<INotebookSource, NotebookModel>();
  private readonly _currentChanged = new Signal<this, NotebookModel | null>(this);
  private _current: NotebookModel | null = null;
}
