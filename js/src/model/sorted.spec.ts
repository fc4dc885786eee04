import { expect, it } from 'vitest';

import { sorted } from './sorted';

it.each<[unknown[], boolean, unknown[]]>([
  [[10, 9, 0.5], false, [0.5, 9, 10]],
  [['x10', 'x9', 'a'], true, ['x10', 'x9', 'a']],
  [['b', undefined, 2, null, 'a', 1], false, [1, 2, 'a', 'b', undefined, null]],
  [['b', undefined, 2, null, 'a', 1], true, ['b', 'a', 2, 1, undefined, null]],
  [[true, false], false, [false, true]],
  [[[2], [1, 5]], false, [[1, 5], [2]]]
])('%j, the largest first: %s', (values, down, expected) => {
  const rows = values.map(each => ({ each }));
  expect(sorted(rows, row => row.each, down).map(row => row.each)).toEqual(expected);
});

it('leaves rows with the same value in their order', () => {
  const rows = ['a1', 'b1', 'c0'];
  expect(sorted(rows, row => Number(row[1]), true)).toEqual(['a1', 'b1', 'c0']);
});
