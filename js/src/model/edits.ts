// Repairs, made in the notebook that they were meant for.

import type { Fix } from '../schema';
import type { Change } from './source';

export type Edit = Fix['edits'][number];

interface ICellJson {
  id: string;
  source: string | string[];
  metadata: { tags?: unknown };
}

/** The edits as changes of the notebook; null where something else stands there meanwhile. */
export function changesOf(
  edits: readonly Edit[],
  notebook: Record<string, unknown>
): readonly Change[] | null {
  const cells = new Map((notebook.cells as ICellJson[]).map(cell => [cell.id, cell]));
  const metadata = notebook.metadata as Record<string, unknown>;
  const changes: Change[] = [];
  for (const edit of edits) {
    const found = edit.edit === 'metadata' ? undefined : cells.get(edit.cell);
    if (!same(standing(edit, found, metadata), edit.before)) {
      return null;
    }
    changes.push(changeOf(edit));
  }
  return changes;
}

function standing(edit: Edit, cell: ICellJson | undefined, metadata: Record<string, unknown>) {
  switch (edit.edit) {
    case 'metadata':
      return metadata[edit.key] ?? null;
    case 'tags':
      return cell && (cell.metadata.tags ?? []);
    case 'source':
      return cell && (typeof cell.source === 'string' ? cell.source : cell.source.join(''));
  }
}

function changeOf(edit: Edit): Change {
  switch (edit.edit) {
    case 'metadata':
      return { key: edit.key, value: edit.value };
    case 'tags':
      return { cell: edit.cell, tags: edit.tags };
    case 'source':
      return { cell: edit.cell, source: edit.source };
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** The value with the keys of its objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const pairs = Object.entries(value).map(([key, each]) => [key, sorted(each)] as const);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}
