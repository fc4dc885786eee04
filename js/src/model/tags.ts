// The tags of cells as the server's grammar reads and changes them.

import { Signal, type ISignal } from '@lumino/signaling';

import type { Client } from '../client';
import { RequestError } from '../request';
import type { CellTags, TagChange } from '../schema';
import type { INotebookSource } from './source';

/** So many readings are kept. */
const MOST = 500;

export class TagsModel {
  constructor(readonly client: Client) {}

  /** Some tags have been read. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What the tags say; null where that is not known, and then it is asked for. */
  read(tags: readonly string[]): CellTags | null {
    const key = JSON.stringify(tags);
    const found = this._known.get(key);
    if (found === undefined) {
      this._known.set(key, null);
      this.client.tags({ tags: [...tags] }).then(
        answer => this._keep(key, answer),
        () => this._known.delete(key)
      );
    }
    return found ?? null;
  }

  /**
   * Change the tags of a cell, after all changes that were asked for before.
   *
   * Throws a `RequestError` where no tags can say what is asked for.
   */
  change(source: INotebookSource, cell: string, change: TagChange): Promise<void> {
    const done = this._last.then(() => this._change(source, cell, change));
    this._last = done.catch(() => undefined);
    return done;
  }

  private async _change(source: INotebookSource, cell: string, change: TagChange): Promise<void> {
    let before = source.tags(cell);
    while (before !== null) {
      const answer = await this.client.tags({ tags: [...before], change });
      const now = source.tags(cell);
      if (same(before, now)) {
        this._keep(JSON.stringify(answer.tags), answer);
        if (!same(before, answer.tags)) {
          source.apply([{ cell, tags: answer.tags }]);
        }
        return;
      }
      // The user has changed them by hand meanwhile.
      before = now;
    }
    throw new RequestError('The cell is gone.', 404);
  }

  private _keep(key: string, answer: CellTags): void {
    this._known.delete(key);
    this._known.set(key, answer);
    if (this._known.size > MOST) {
      this._known.delete(this._known.keys().next().value!);
    }
    this._changed.emit();
  }

  private readonly _known = new Map<string, CellTags | null>();
  private readonly _changed = new Signal<this, void>(this);
  private _last: Promise<void> = Promise.resolve();
}

function same(one: readonly string[], other: readonly string[] | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
