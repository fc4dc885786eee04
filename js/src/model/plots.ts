// Metrics as points: of each run, or against a parameter. It knows no DOM.

import type { ComparedValue } from '../schema';
import { isNumber, written } from './differences';

/** What can be drawn: metrics of runs, and the parameters of these. */
export interface IPlotted {
  readonly runs: readonly { readonly id: string }[];
  readonly parameters: readonly ComparedValue[];
  readonly metrics: readonly ComparedValue[];
}

/** A point: where it is by value. */
export interface IPoint {
  readonly run: string;
  readonly x: number;
  readonly y: number;
  /** What else the run was given, as far as runs differ in it: "lr=0.1, kind=a". */
  readonly rest: string;
}

export interface IDrawn {
  readonly points: readonly IPoint[];
  /** What stands along the axis where that are no numbers: a point's `x` is a place among them. */
  readonly names: readonly string[] | null;
  /** Points that differ in the parameter of the axis alone, in order. */
  readonly ways: readonly (readonly IPoint[])[];
}

/** Parameters that differ: a metric can be drawn against them. */
export function axes({ parameters }: Pick<IPlotted, 'parameters'>): readonly ComparedValue[] {
  return parameters.filter(each => each.differs && new Set(valuesOf(each)).size > 1);
}

/** The values of a metric against a parameter, or by run where that is null. */
export function drawn(metric: ComparedValue, axis: ComparedValue | null, found: IPlotted): IDrawn {
  const values = axis && valuesOf(axis);
  const names = values
    ? values.every(isNumber)
      ? null
      : [...new Set(values.map(written))]
    : found.runs.map(run => run.id);
  const others = axes(found).filter(each => each !== axis);
  const points: IPoint[] = [];
  found.runs.forEach(({ id }, index) => {
    const value = axis && valueOf(axis, id);
    const x = !axis ? index : names && value !== undefined ? names.indexOf(written(value)) : value;
    const y = metric.values[id];
    if (isNumber(x) && isNumber(y)) {
      const rest = others.map(each => `${each.name}=${written(valueOf(each, id) ?? '')}`);
      points.push({ run: id, x, y, rest: rest.join(', ') });
    }
  });
  points.sort((one, other) => one.x - other.x);
  return { points, names, ways: names ? [] : waysOf(points) };
}

function waysOf(points: readonly IPoint[]): readonly (readonly IPoint[])[] {
  const ways = new Map<string, IPoint[]>();
  points.forEach(point => {
    const way = ways.get(point.rest) ?? [];
    way.push(point);
    ways.set(point.rest, way);
  });
  return [...ways.values()].filter(way => way.length > 1);
}

/** What a run had: what it was given, else the default; undefined where that is not known. */
function valueOf(row: ComparedValue, run: string): unknown {
  return run in row.values ? row.values[run] : row.defaults[run];
}

function valuesOf(row: ComparedValue): unknown[] {
  return Object.values({ ...row.defaults, ...row.values });
}
