import { expect, it } from 'vitest';

import { drawn, large } from '../testing/graphs';
import { topologyOf } from './topology';
import { wiringOf } from './wires';

/** "name column" of each row. */
function rows(text: string): string {
  return wiringOf(drawn(text))
    .rows.map(({ name, column }) => `${name}${column}`)
    .join(' ');
}

it.each([
  ['a>b>c', 'a0 b0 c0'],
  ['a>b>d a>c>d', 'a0 b1 c0 d0'],
  ['a>b a>c a>d', 'a0 b1 c1 d0'],
  ['a b c', 'a0 b0 c0'],
  ['a>c b>c', 'a0 b1 c0']
])('%s has its steps in columns', (text, columns) => {
  expect(rows(text)).toBe(columns);
});

it('puts steps that may run side by side into a band', () => {
  const { rows: found } = wiringOf(drawn('a>b>d a>c>d'));
  expect(found.map(row => row.band)).toEqual([null, 1, 1, null]);
});

it('lets no wire run through a row that stands in its column', () => {
  const { rows: found, wires } = wiringOf(topologyOf(...large(60, 110)));
  for (const { from, to } of wires) {
    expect(from[0]).toBeLessThan(to[0]);
    const through = found.slice(from[0] + 1, to[0]).filter(row => row.column === from[1]);
    expect(through).toEqual([]);
  }
});
