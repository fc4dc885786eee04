// The tags of cells as the server's grammar reads and changes them.

import { Signal, type ISignal } from '@lumino/signaling';

import type { Client } from '../client';
import { RequestError } from '../request';
import type { CellTags, TagChange } from '../schema';
import type { ICellChange, INotebookSource } from './source';
import { stepLine, withStepLine } from './stepline';

/** What a cell says of its step: its tags, and its `%%step` line or "". */
export interface ISaid {
  readonly tags: readonly string[];
  readonly line: string;
}

/** What a cell of the notebook says; null where there is no such cell. */
export function saidIn(source: INotebookSource, cell: string): ISaid | null {
  const tags = source.tags(cell);
  return tags && { tags, line: stepLine(source.text(cell)) };
}

/** So many readings are kept. */
const MOST = 500;

export class TagsModel {
  constructor(readonly client: Client) {}

  /** Some tags have been read. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What a cell says, as fields; null where that is not known, and then it is asked for. */
  read({ tags, line }: ISaid): CellTags | null {
    const key = keyOf({ tags, line });
    const found = this._known.get(key);
    if (found === undefined) {
      this._known.set(key, null);
      this.client.tags({ tags: [...tags], line }).then(
        answer => this._keep(key, answer),
        () => this._known.delete(key)
      );
    }
    return found ?? null;
  }

  /**
   * Change what a cell says, after all changes that were asked for before.
   *
   * Throws a `RequestError` where no tags can say what is asked for.
   */
  change(source: INotebookSource, cell: string, change: TagChange): Promise<void> {
    const done = this._last.then(() => this._change(source, cell, change));
    this._last = done.catch(() => undefined);
    return done;
  }

  private async _change(source: INotebookSource, cell: string, change: TagChange): Promise<void> {
    let before = saidIn(source, cell);
    while (before !== null) {
      const { tags, line } = before;
      const answer = await this.client.tags({ tags: [...tags], line, change });
      const now = saidIn(source, cell);
      if (now !== null && keyOf(before) === keyOf(now)) {
        this._keep(keyOf(answer), answer);
        apply(source, cell, before, answer);
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

/** Let the cell say it, where it does not yet. */
function apply(source: INotebookSource, cell: string, before: ISaid, wanted: ISaid): void {
  const change: { -readonly [K in keyof ICellChange]: ICellChange[K] } = { cell };
  if (JSON.stringify(before.tags) !== JSON.stringify(wanted.tags)) {
    change.tags = wanted.tags;
  }
  if (before.line !== wanted.line) {
    change.source = withStepLine(source.text(cell), wanted.line);
  }
  if (change.tags !== undefined || change.source !== undefined) {
    source.apply([change]);
  }
}

function keyOf({ tags, line }: ISaid): string {
  return JSON.stringify([tags, line]);
}
