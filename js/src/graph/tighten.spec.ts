import { expect, it } from 'vitest';

import { tighten, type IItem } from './tighten';

function item(width = 10): IItem {
  return { x: 0, width };
}

function link(one: IItem, other: IItem, weight = 1) {
  return { ends: [one, other] as const, weight };
}

it('puts what is linked in line', () => {
  const [a, b, c] = [item(), item(), item()];
  tighten([[a], [b], [c]], [link(a, b), link(b, c)], 4);
  expect([a.x, b.x, c.x]).toEqual([0, 0, 0]);
});

it('puts one between two', () => {
  const [a, b, c] = [item(), item(), item()];
  tighten([[a, b], [c]], [link(a, c), link(b, c)], 4);
  expect(b.x - a.x).toBeCloseTo(14);
  expect(c.x).toBeCloseTo((a.x + b.x) / 2);
});

it('keeps order and gaps where links pull the other way', () => {
  const [a, b, c, d] = [item(), item(40), item(), item()];
  tighten(
    [
      [a, b],
      [c, d]
    ],
    [link(a, d), link(b, c)],
    4
  );
  expect(b.x - a.x).toBeGreaterThanOrEqual(29 - 1e-9);
  expect(d.x - c.x).toBeGreaterThanOrEqual(14 - 1e-9);
});
