import { describe, expect, it } from 'vitest';

import { ago, bytes, clock, duration, figure, shortened, type ITranslate } from './format';
import { glyphOf, shownOf, wordOf } from './states';

const trans: ITranslate = {
  __: text => text,
  _n: (one, many, count) => (count === 1 ? one : many).replace('%1', String(count))
};

it.each([
  [0, '0 s'],
  [0.0001, '1 ms'],
  [0.04, '40 ms'],
  [0.0996, '0.1 s'],
  [0.1, '0.1 s'],
  [1.24, '1.2 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1:00'],
  [370, '6:10'],
  [3723, '1:02:03'],
  [90000, '25:00:00'],
  [-1, '0 s']
])('duration of %d', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it.each([
  [-0.5, '0:00'],
  [0.9, '0:00'],
  [59.9, '0:59'],
  [60, '1:00'],
  [3599.9, '59:59'],
  [3600, '1:00:00']
])('clock at %d', (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [10 * 1024, '10 KiB'],
  [1024 * 1024 - 1, '1.0 MiB'],
  [5 * 2 ** 30, '5.0 GiB'],
  [2 ** 60, '1048576 TiB']
])('%d bytes', (n, text) => {
  expect(bytes(n)).toBe(text);
});

it.each([
  [-5, 'just now'],
  [59, 'just now'],
  [60, '1 minute ago'],
  [3599, '59 minutes ago'],
  [7200, '2 hours ago'],
  [86400, '1 day ago'],
  [6.9 * 86400, '6 days ago']
])('%d seconds ago', (past, text) => {
  expect(ago(1000, 1000 + past, trans)).toBe(text);
});

it.each([
  [3, '3'],
  [0.91324567, '0.913246'],
  [1234.5, '1234.5'],
  [1.2e-7, '1.2e-7']
])('figure of %d', (value, text) => {
  expect(figure(value)).toBe(text);
});

it.each([
  ['features', 8, 'features'],
  ['features_of_customers', 11, 'featu…omers'],
  ['abcdef', 4, 'ab…f']
])('shortened %s to %d', (text, most, expected) => {
  expect(shortened(text, most)).toBe(expected);
});

describe('states', () => {
  it.each([
    ['done', '', '', 'reused', false],
    ['done', '3', '', 'reused', true],
    ['running', '', 'its cells have changed', 'again', true],
    ['failed', '', 'its cells have changed', 'failed', true]
  ] as const)('%s with %j and %j', (state, reused, again, shown, is) => {
    expect(shownOf({ state, reused, again }) === shown).toBe(is);
  });

  it('has a glyph and a word of its own for each', () => {
    const all = ['waiting', 'running', 'done', 'reused', 'again', 'failed', 'skipped', 'stopped'];
    expect(new Set(all.map(each => glyphOf(each as never))).size).toBe(all.length);
    expect(new Set(all.map(each => wordOf(each as never, trans))).size).toBe(all.length);
  });
});
