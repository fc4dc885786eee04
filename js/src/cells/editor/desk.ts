// What the editor of a cell's step works with: the cell, and what can be done to it.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebookModel } from '../../model/notebook';
import { saidIn, type ISaid, type TagsModel } from '../../model/tags';
import type { TagChange } from '../../schema';

/** A name of a step that the cell has got and others have not: it said `before` what it is. */
export interface IOffer {
  readonly old: string;
  readonly name: string;
  readonly before: ISaid;
  /** In so many other places the old name stands. */
  readonly places: number;
}

export class Desk {
  constructor(
    readonly notebook: NotebookModel,
    readonly tags: TagsModel,
    readonly cell: string,
    readonly trans: TranslationBundle,
    /** Put the cursor back into the notebook. */
    readonly leave: () => void,
    /** Undo the last change of the notebook, or do it again. */
    readonly undo: (again: boolean) => void,
    /** Tell what was found in the cell. */
    readonly tell: () => void
  ) {}

  /** The cursor is to go into the editor as soon as it has fields. */
  entering = false;

  /** What the cell says of its step. */
  said(): ISaid {
    return saidIn(this.notebook.source, this.cell) ?? { tags: [], line: '' };
  }

  /** Change the cell's tags; a sentence where they cannot say it, else "". */
  async change(change: TagChange): Promise<string> {
    return this._told(this.tags.change(this.notebook.source, this.cell, change));
  }

  /** Give the cell's step another name in the rest of the notebook. */
  async rename(offer: IOffer): Promise<string> {
    const { old, name, before } = offer;
    return this._told(this.notebook.rename(old, name, this.cell, before));
  }

  private async _told(work: Promise<void>): Promise<string> {
    try {
      await work;
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
