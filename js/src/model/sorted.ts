// Rows of a table in the order of a column. It knows no DOM.

import { written } from './differences';

/** The rows by a value of theirs: numbers by size, before texts; rows without a value are the last. */
export function sorted<T>(rows: readonly T[], value: (row: T) => unknown, down: boolean): T[] {
  const order = (one: unknown, other: unknown): number =>
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : Number(typeof other === 'number') - Number(typeof one === 'number') ||
        written(one).localeCompare(written(other), undefined, { numeric: true });
  return [...rows].sort((row, other) => {
    const [a, b] = [value(row) ?? null, value(other) ?? null];
    return a === null || b === null
      ? Number(a === null) - Number(b === null)
      : down
        ? order(b, a)
        : order(a, b);
  });
}
