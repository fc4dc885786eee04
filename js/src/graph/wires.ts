// The layout of the compact graph: a row for each step, and wires at their left.
//
// A step holds a column as long as others still take from it; a reader stands in the column of a writer
// that nobody else waits for, so a chain is a straight line.

import type { IGraphEdge } from './pipeline';
import { withoutShortcuts, type ITopology } from './topology';

interface IRow {
  readonly name: string;
  readonly column: number;
  /** Steps of one band may run side by side; null for one that has its rank for itself. */
  readonly band: number | null;
}

export interface IWire {
  readonly edge: IGraphEdge;
  /** Number and column of the row at either end. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

export interface IWiring {
  readonly rows: readonly IRow[];
  readonly wires: readonly IWire[];
  readonly columns: number;
}

export function wiringOf(topology: ITopology): IWiring {
  const drawn = withoutShortcuts(topology);
  const order = topology.ranks.flat();
  const place = new Map(order.map((name, row) => [name, row]));
  const last = lastReaders(drawn, place);
  const taken = bySide(drawn, edge => edge.reader);
  const columns: (string | null)[] = [];
  const column = new Map<string, number>();
  order.forEach((name, row) => {
    const writers = (taken.get(name) ?? []).map(edge => edge.writer);
    const ending = writers.filter(writer => last.get(writer) === row);
    ending.forEach(writer => (columns[column.get(writer)!] = null));
    const own = ending.length > 0 ? Math.min(...ending.map(each => column.get(each)!)) : -1;
    const free = columns.indexOf(null);
    const found = own >= 0 ? own : free >= 0 ? free : columns.length;
    column.set(name, found);
    // The column of a step that gives nothing is free in the next row.
    columns[found] = last.has(name) ? name : null;
  });
  const rows = order.map(name => {
    const rank = topology.rank.get(name)!;
    const alone = topology.ranks[rank].length === 1;
    return { name, column: column.get(name)!, band: alone ? null : rank };
  });
  const end = (name: string): [number, number] => [place.get(name)!, column.get(name)!];
  const wires = drawn.map(edge => ({ edge, from: end(edge.writer), to: end(edge.reader) }));
  return { rows, wires, columns: columns.length };
}

function lastReaders(
  edges: readonly IGraphEdge[],
  place: ReadonlyMap<string, number>
): Map<string, number> {
  const last = new Map<string, number>();
  for (const edge of edges) {
    last.set(edge.writer, Math.max(last.get(edge.writer) ?? 0, place.get(edge.reader)!));
  }
  return last;
}

function bySide(
  edges: readonly IGraphEdge[],
  side: (edge: IGraphEdge) => string
): Map<string, IGraphEdge[]> {
  const found = new Map<string, IGraphEdge[]>();
  for (const edge of edges) {
    const name = side(edge);
    found.set(name, [...(found.get(name) ?? []), edge]);
  }
  return found;
}
