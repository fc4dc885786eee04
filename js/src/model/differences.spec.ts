import { expect, it } from 'vitest';

import { change, ticks, written } from './differences';

it.each([
  [0.91, 0.9, '+0.01 (+1.1 %)'],
  [0.9, 1, '−0.1 (−10 %)'],
  [3, 0, '+3'],
  [1, -1, '+2'],
  [1.000001, 1, '+0.000001'],
  [1, 1, null],
  ['a', 1, null],
  [1, undefined, null]
])('%s beside %s differs by %s', (value, base, text) => {
  expect(change(value, base)).toBe(text);
});

it.each([
  [0.91237777, '0.912378'],
  ['text', 'text'],
  [[1, 'a'], '[1,"a"]'],
  [null, 'null'],
  [true, 'true']
])('%s is written %s', (value, text) => {
  expect(written(value)).toBe(text);
});

it.each([
  [0, 1, [0, 0.5, 1]],
  [0.81, 0.93, [0.8, 0.85, 0.9, 0.95]],
  [-3, 12, [-5, 0, 5, 10, 15]],
  [5, 5, [2, 4, 6, 8]],
  [0, 0, [-0.5, 0, 0.5]]
])('ticks from %d to %d are %s', (least, most, found) => {
  expect(ticks(least, most)).toEqual(found);
});
