// A notebook as the model sees it: what an open editor holds, without a word of how it shows it.

import type { ISignal } from '@lumino/signaling';

/** A change of one cell of the notebook; what is not given stays. */
export interface ICellChange {
  readonly cell: string;
  /** All tags that the cell is to have. */
  readonly tags?: readonly string[];
  readonly source?: string;
}

/** Another value of one key of the notebook's metadata; null takes it away. */
interface IMetadataChange {
  readonly key: string;
  readonly value: unknown;
}

export type Change = ICellChange | IMetadataChange;

export interface INotebookSource {
  /** Settles when the notebook has been read. */
  readonly ready: Promise<void>;
  readonly path: string;
  /** Sources, tags or metadata have changed, or the path has; not so for outputs. */
  readonly changed: ISignal<INotebookSource, void>;
  readonly disposed: ISignal<INotebookSource, void>;
  /** The cell that the user is at, or null. */
  readonly active: string | null;
  readonly activeChanged: ISignal<INotebookSource, void>;
  /** Whether the editor holds more than the file. */
  readonly dirty: boolean;
  /** The notebook as JSON, without outputs. */
  read(): Record<string, unknown>;
  /** The tags of a cell; null where there is no such cell. */
  tags(cell: string): readonly string[] | null;
  /** The text of a cell, "" where there is no such cell. */
  text(cell: string): string;
  /** Make the changes; those of tags and metadata are undone as one, those of texts each in its cell. */
  apply(changes: readonly Change[]): void;
  save(): Promise<void>;
}
