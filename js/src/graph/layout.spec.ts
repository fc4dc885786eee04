import * as dagre from '@dagrejs/dagre';
import { describe, expect, it } from 'vitest';

import { drawn, edge, large, node } from '../testing/graphs';
import { layoutOf, type ILayout, type IRectangle } from './layout';
import { topologyOf, type ITopology } from './topology';

const CALLS = topologyOf(
  ['load', 'train', 'train/clean', 'train/fit', 'train/in/a', 'train/in/b', 'other', 'report'].map(
    name => node(name)
  ),
  [
    edge('load', 'train', 'data'),
    edge('train', 'train/clean', 'data'),
    edge('train/clean', 'train/fit', 'clean'),
    edge('train/clean', 'train/in/a', 'clean'),
    edge('train/in/a', 'train/in/b', 'x'),
    edge('load', 'other', 'data'),
    edge('train/fit', 'report', 'model'),
    edge('other', 'report', 'y')
  ]
);

const PIPELINES: [string, ITopology][] = [
  ['one step', drawn('a')],
  ['no edges', drawn('a b c')],
  ['a chain', drawn('a>b>c>d')],
  ['a diamond', drawn('a>b>d a>c>d a>d')],
  ['a long way round', drawn('a>b>c>d>e>f a>f a>e b>f')],
  ['called notebooks', CALLS],
  ['many steps', topologyOf(...large(80, 150))]
];

function laid(topology: ITopology): ILayout {
  return layoutOf(dagre, topology, each => each.variables.join(', '));
}

function overlap(one: IRectangle, other: IRectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

/** Points along a path of M, C and V. */
function points(path: string): [number, number][] {
  const found: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, letter, text] of path.matchAll(/([MCV])([^MCV]*)/g)) {
    const numbers = text.split(/[ ,]/).map(Number);
    const [fromX, fromY] = [x, y];
    if (letter === 'V') {
      y = numbers[0];
    } else {
      [x, y] = numbers.slice(-2);
    }
    const bends = letter === 'C' ? numbers : [fromX, fromY, x, y, x, y];
    for (let step = letter === 'M' ? 1 : 0; step <= 1; step += 0.1) {
      found.push(bezier([letter === 'M' ? x : fromX, letter === 'M' ? y : fromY], bends, step));
    }
  }
  return found;
}

function bezier([x, y]: [number, number], b: number[], t: number): [number, number] {
  const s = 1 - t;
  const mix = (a: number, i: number): number =>
    s ** 3 * a + 3 * s * s * t * b[i] + 3 * s * t * t * b[i + 2] + t ** 3 * b[i + 4];
  return [mix(x, 0), mix(y, 1)];
}

describe.each(PIPELINES)('the layout of %s', (_, topology) => {
  const found = laid(topology);
  const boxes = [...found.boxes];

  it('lets no boxes overlap', () => {
    const pairs = boxes.flatMap(([one, a], i) =>
      boxes.slice(i + 1).flatMap(([other, b]) => (overlap(a, b) ? [[one, other]] : []))
    );
    expect(pairs).toEqual([]);
  });

  it('leads edges down, from below a box to above another, through no third one', () => {
    for (const { edge: each, path } of found.routes) {
      const from = found.boxes.get(each.writer)!;
      const to = found.boxes.get(each.reader)!;
      expect(from.y + from.height).toBeLessThan(to.y);
      const way = points(path);
      const down = way.every(([, y], i) => i === 0 || y >= way[i - 1][1] - 0.2);
      expect(down).toBe(true);
      expect(way[0][1]).toBeCloseTo(from.y + from.height, 0);
      expect(way.at(-1)![1]).toBeCloseTo(to.y, 0);
      const hit = boxes.filter(
        ([name, box]) =>
          name !== each.writer &&
          name !== each.reader &&
          way.some(([x, y]) => overlap(box, { x, y, width: 0, height: 0 }))
      );
      expect(hit.map(([name]) => `${each.writer}→${each.reader} hits ${name}`)).toEqual([]);
    }
  });

  it('puts what may run side by side at one height', () => {
    for (const rank of topology.ranks) {
      const heights = new Set(rank.map(name => Math.round(found.boxes.get(name)!.y)));
      expect(heights.size).toBe(1);
    }
  });

  it('is the same again', () => {
    expect(laid(topology)).toEqual(found);
  });
});

it('frames the steps of called notebooks, and no others', () => {
  const { groups, boxes } = laid(CALLS);
  expect([...groups.keys()]).toEqual(['train', 'train/in']);
  for (const [call, frame] of groups) {
    const inside = [...boxes].filter(([, box]) => overlap(box, frame)).map(([name]) => name);
    expect(inside).toEqual(CALLS.nodes.map(n => n.name).filter(n => n.startsWith(`${call}/`)));
  }
});

it('lets no labels lie on boxes or on each other', () => {
  const found = laid(drawn('a>b>d a>c>d a>d d>e'));
  const labels = found.routes.map(({ x, y, label }) => {
    const width = label!.length * 6.2 + 12;
    return { x: x - width / 2, y: y - 8, width, height: 16 };
  });
  expect(labels).toHaveLength(6);
  labels.forEach((one, i) => {
    expect([...found.boxes.values()].some(box => overlap(box, one))).toBe(false);
    expect(labels.slice(i + 1).some(other => overlap(other, one))).toBe(false);
  });
});
