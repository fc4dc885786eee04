import { expect, it } from 'vitest';

import type { ComparedValue } from '../schema';
import { axes, drawn, type IPlotted } from './plots';

function value(name: string, differs: boolean, ...values: unknown[]): ComparedValue {
  const had = values.flatMap((each, index) => (each === undefined ? [] : [[`${index + 1}`, each]]));
  const defaults = name === 'left' ? { '2': 5 } : {};
  return { name, differs, values: Object.fromEntries(had) as Record<string, unknown>, defaults };
}

function plotted(metric: unknown[], ...parameters: ComparedValue[]): IPlotted {
  const runs = metric.map((_, index) => ({ id: `${index + 1}` }));
  return { runs, parameters, metrics: [value('auc', true, ...metric)] };
}

it('draws metrics against parameters that differ', () => {
  const parameters = [
    value('depth', true, 3, 4),
    value('kind', true, 'a', 'b'),
    value('same', false, 1, 1),
    value('alone', true, 1),
    value('left', true, 1)
  ];
  expect(axes({ parameters }).map(each => each.name)).toEqual(['depth', 'kind', 'left']);
});

const DEPTH = value('depth', true, 8, 2, 8, 2);
const KIND = value('kind', true, 'b', 'b', 'a', 'a');
const GRID = plotted([4, 1, 3, 2], DEPTH, KIND);

it.each([
  ['each run', null, GRID, '0:4 1:1 2:3 3:2', ['1', '2', '3', '4'], []],
  ['numbers', DEPTH, GRID, '2:1 2:2 8:4 8:3', null, ['2,1', '4,3']],
  ['categories', KIND, GRID, '0:4 0:1 1:3 1:2', ['b', 'a'], []],
  ['what is not known', DEPTH, plotted([4, null, 'x', 2], DEPTH), '2:2 8:4', null, ['4,1']],
  ['a value alone', DEPTH, plotted([1], DEPTH), '8:1', null, []]
])('draws a metric against %s', (_, axis, found, points, names, ways) => {
  const made = drawn(found.metrics[0], axis, found);
  expect(made.points.map(({ x, y }) => `${x}:${y}`).join(' ')).toBe(points);
  expect(made.names).toEqual(names);
  expect(made.ways.map(way => way.map(each => each.run).join())).toEqual(ways);
});

it('tells what else differs at a point', () => {
  expect(drawn(GRID.metrics[0], KIND, GRID).points[0].rest).toBe('depth=8');
  expect(drawn(GRID.metrics[0], null, GRID).points[2].rest).toBe('depth=8, kind=a');
});
