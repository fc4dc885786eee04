// Repairs of findings, as changes of the notebook.

import type { Fix } from '../schema';
import type { ICellChange } from './source';

type Edit = Fix['edits'][number];

/** What a repair changes: cells, and values of the notebook's metadata by key. */
export interface IRepair {
  readonly cells: readonly ICellChange[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

interface ICell {
  readonly id: string;
  readonly source: string;
  readonly metadata: { readonly tags?: readonly string[] };
}

/** The changes of a repair; null where the notebook is not what it was made for any more. */
export function repairOf(fix: Fix, notebook: Record<string, unknown>): IRepair | null {
  const cells = new Map((notebook.cells as ICell[]).map(each => [each.id, each]));
  const metadata = (notebook.metadata ?? {}) as Record<string, unknown>;
  return fix.edits.every(each => fits(each, cells, metadata))
    ? {
        cells: fix.edits.flatMap(each => changeOf(each)),
        metadata: Object.fromEntries(
          fix.edits.flatMap(each => (each.edit === 'metadata' ? [[each.key, each.value]] : []))
        )
      }
    : null;
}

function changeOf(edit: Edit): ICellChange[] {
  switch (edit.edit) {
    case 'tags':
      return [{ cell: edit.cell, tags: edit.tags }];
    case 'source':
      return [{ cell: edit.cell, source: edit.source }];
    case 'metadata':
      return [];
  }
}

function fits(edit: Edit, cells: Map<string, ICell>, metadata: Record<string, unknown>): boolean {
  switch (edit.edit) {
    case 'tags':
      return same(cells.get(edit.cell)?.metadata.tags ?? [], edit.before);
    case 'source':
      return cells.get(edit.cell)?.source === edit.before;
    case 'metadata':
      return same(metadata[edit.key] ?? null, edit.before);
  }
}

/** Whether two values of JSON are the same, whatever the order of keys. */
function same(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
      : each
  );
}
