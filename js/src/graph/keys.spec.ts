import { expect, it } from 'vitest';

import { drawn } from '../testing/graphs';
import { nextBox, nextRow, type Arrow } from './keys';

const DIAMOND = drawn('a>b>d a>c>d');
const X = new Map([
  ['a', 50],
  ['b', 0],
  ['c', 100],
  ['d', 60]
]);

it.each<[string, Arrow, string]>([
  ['a', 'ArrowDown', 'b'],
  ['b', 'ArrowDown', 'd'],
  ['d', 'ArrowUp', 'c'],
  ['b', 'ArrowRight', 'c'],
  ['b', 'ArrowLeft', 'b'],
  ['a', 'ArrowUp', 'a'],
  ['c', 'Home', 'a'],
  ['b', 'End', 'd']
])('in a plane from %s by %s to %s', (name, arrow, next) => {
  expect(nextBox(DIAMOND, X, name, arrow)).toBe(next);
});

it('leads down to the next rank where no edge does', () => {
  expect(
    nextBox(
      drawn('a>b side'),
      new Map([
        ['a', 0],
        ['b', 0],
        ['side', 90]
      ]),
      'side',
      'ArrowDown'
    )
  ).toBe('b');
});

it.each<[string, Arrow, string]>([
  ['a', 'ArrowDown', 'b'],
  ['b', 'ArrowDown', 'c'],
  ['a', 'ArrowUp', 'a'],
  ['d', 'ArrowDown', 'd'],
  ['b', 'ArrowRight', 'd'],
  ['d', 'ArrowLeft', 'c'],
  ['a', 'ArrowLeft', 'a'],
  ['b', 'End', 'd']
])('in rows from %s by %s to %s', (name, arrow, next) => {
  expect(nextRow(DIAMOND, ['a', 'b', 'c', 'd'], name, arrow)).toBe(next);
});

it('leads along the shortest edge first', () => {
  const x = new Map([
    ['a', 50],
    ['b', 0],
    ['c', 50]
  ]);
  expect(nextBox(drawn('a>b>c a>c'), x, 'a', 'ArrowDown')).toBe('b');
  expect(nextBox(drawn('a>b>c a>c'), x, 'c', 'ArrowUp')).toBe('b');
});
