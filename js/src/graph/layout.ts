// The layout of the full graph: boxes in ranks, from top to bottom, by dagre, which is loaded when it is first needed.

import type { EdgeLabel, Graph, GraphLabel, NodeLabel, Point } from '@dagrejs/dagre';

import type { IGraphEdge } from './pipeline';
import { tighten, type IItem, type ILink } from './tighten';
import type { ITopology } from './topology';

const BOX = { width: 176, height: 44 } as const;
const LABEL = { height: 16, character: 6.2, padding: 12 } as const;
/** Beyond so many edges labels get no room of their own, or they would blow up the picture. */
const MOST_LABELS = 40;
const GAPS = { ranksep: 64, nodesep: 28, edgesep: 16, marginx: 24, marginy: 24 } as const;
const GROUP = { padding: 10, title: 16 } as const;

export interface IRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface IRoute {
  readonly edge: IGraphEdge;
  /** The path of an SVG. */
  readonly path: string;
  /** The middle of its label. */
  readonly x: number;
  readonly y: number;
  /** Its label, where there is room for one. */
  readonly label: string | null;
}

export interface ILayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, IRectangle>;
  readonly routes: readonly IRoute[];
  /** Where the steps of called notebooks lie, by the names of the calls. */
  readonly groups: ReadonlyMap<string, IRectangle>;
}

export type Dagre = Pick<typeof import('@dagrejs/dagre'), 'Graph' | 'layout'>;
type Plane = Graph<GraphLabel, NodeLabel, EdgeLabel>;

let loading: Promise<Dagre> | undefined;

export function dagre(): Promise<Dagre> {
  loading ??= import('@dagrejs/dagre').catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Places for all steps and edges; the same pipeline gets the same ones. */
export function layoutOf(
  { Graph, layout }: Dagre,
  topology: ITopology,
  labelOf: (edge: IGraphEdge) => string
): ILayout {
  const labels = new Map(
    topology.edges.length > MOST_LABELS ? [] : topology.edges.map(edge => [edge, labelOf(edge)])
  );
  const plane: Plane = new Graph<GraphLabel, NodeLabel, EdgeLabel>({ compound: true });
  plane.setGraph({ ...GAPS });
  // The type does not know what the code does: a function ranks as well.
  Object.assign(plane.graph(), { ranker: earliest });
  for (const { name, call } of topology.nodes) {
    plane.setNode(name, { ...BOX });
    let inner = name;
    for (const outer of callsOf(call)) {
      plane.setNode(group(outer), { width: 0, height: 0 });
      plane.setParent(inner, group(outer));
      inner = group(outer);
    }
  }
  for (const edge of topology.edges) {
    const label = labels.get(edge);
    const width = label === undefined ? 0 : label.length * LABEL.character + LABEL.padding;
    const height = label === undefined ? 0 : LABEL.height;
    plane.setEdge(edge.writer, edge.reader, { width, height, labelpos: 'c', minlen: 1, weight: 1 });
  }
  layout(plane);
  if (labels.size === 0 && topology.nodes.every(({ call }) => call === '')) {
    tightened(plane, topology);
  }
  return drawn(plane, topology, labels);
}

/** The calls that a step stands in, the innermost first: "a/b" and "a". */
function callsOf(call: string): string[] {
  const parts = call ? call.split('/') : [];
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

/** The name of a group, which no step can have. */
function group(call: string): string {
  return `\n${call}`;
}

/** Each box as far up as its edges let it be: what may run side by side stands side by side. */
function earliest(plane: Plane): void {
  const open = new Map(plane.nodes().map(name => [name, plane.inEdges(name)?.length ?? 0]));
  const ready = [...open.keys()].filter(name => open.get(name) === 0);
  ready.forEach(name => (plane.node(name).rank = 0));
  while (ready.length > 0) {
    const name = ready.shift()!;
    for (const edge of plane.outEdges(name) ?? []) {
      const reader = plane.node(edge.w);
      const rank = plane.node(name).rank! + (plane.edge(edge).minlen ?? 1);
      reader.rank = Math.max(reader.rank ?? 0, rank);
      const left = open.get(edge.w)! - 1;
      open.set(edge.w, left);
      if (left === 0) {
        ready.push(edge.w);
      }
    }
  }
}

/** A large plane made narrower; the order within its rows stays. Frames of groups would not outlive it. */
function tightened(plane: Plane, { edges }: ITopology): void {
  const boxes = new Map(plane.nodes().map(name => [name, plane.node(name) as IPlaced]));
  const heights = new Set([...boxes.values()].map(({ y }) => Math.round(y)));
  const items: IPlaced[] = [...boxes.values()];
  const links: ILink[] = [];
  for (const { writer, reader } of edges) {
    const edge = plane.edge(writer, reader);
    // Bends between the rows of boxes are there for labels.
    const bends = edge.points!.slice(1, -1).filter(({ y }) => heights.has(Math.round(y)));
    const made = bends.map(point => ({ ...point, width: 0 }));
    const chain = [boxes.get(writer)!, ...made, boxes.get(reader)!];
    chain.slice(1).forEach((item, index) => {
      const inner = index > 0 && index < chain.length - 2;
      links.push({ ends: [chain[index], item], weight: inner ? STRAIGHT : 1 });
    });
    items.push(...made);
    edge.points = chain;
  }
  tighten(rowsOf(items), links, GAPS.edgesep);
  const left = Math.min(...items.map(({ x, width }) => x - width / 2)) - GAPS.marginx;
  items.forEach(item => (item.x -= left));
  plane.graph().width = Math.max(...items.map(({ x, width }) => x + width / 2)) + GAPS.marginx;
}

/** How much straighter a long edge wants to be in its middle than at its ends. */
const STRAIGHT = 8;

type IPlaced = IItem & { readonly y: number };

/** Items of one height, in their order, from top to bottom. */
function rowsOf(items: readonly IPlaced[]): IPlaced[][] {
  const rows = new Map<number, IPlaced[]>();
  for (const item of items) {
    const y = Math.round(item.y);
    rows.set(y, [...(rows.get(y) ?? []), item]);
  }
  return [...rows]
    .sort(([one], [other]) => one - other)
    .map(([, row]) => row.sort((one, other) => one.x - other.x));
}

function drawn(
  plane: Plane,
  topology: ITopology,
  labels: ReadonlyMap<IGraphEdge, string>
): ILayout {
  const boxes = new Map(topology.nodes.map(({ name }) => [name, corner(plane.node(name))]));
  const rows = new Set([...boxes.values()].map(({ y }) => Math.round(y + BOX.height / 2)));
  const routes = topology.edges.map(edge => {
    const { points = [], x, y } = plane.edge(edge.writer, edge.reader);
    const from = boxes.get(edge.writer)!;
    const to = boxes.get(edge.reader)!;
    const label = labels.get(edge) ?? null;
    const bends = points.slice(1, -1);
    const middle = bends[Math.floor(bends.length / 2)] ?? between(from, to);
    return {
      edge,
      path: curve(from, bends, to, y => rows.has(Math.round(y))),
      x: label === null ? middle.x : (x ?? middle.x),
      y: label === null ? middle.y : (y ?? middle.y),
      label
    };
  });
  const groups = groupsOf(topology, boxes);
  const { width = 0, height = 0 } = plane.graph();
  return { width, height, boxes, routes, groups };
}

function between(from: IRectangle, to: IRectangle): Point {
  return {
    x: (from.x + to.x + BOX.width) / 2,
    y: (from.y + from.height + to.y) / 2
  };
}

function corner(node: NodeLabel): IRectangle {
  const { x = 0, y = 0, width, height } = node;
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** From the lower side of a box to the upper side of another, straight through rows of boxes and of labels. */
function curve(
  from: IRectangle,
  bends: readonly Point[],
  to: IRectangle,
  isRow: (y: number) => boolean
): string {
  const end = { x: to.x + to.width / 2, y: to.y };
  let last: Point = { x: from.x + from.width / 2, y: from.y + from.height };
  let path = `M${at(last)}`;
  const reach = (next: Point): void => {
    const middle = (last.y + next.y) / 2;
    path += `C${at({ x: last.x, y: middle })} ${at({ x: next.x, y: middle })} ${at(next)}`;
    last = next;
  };
  for (const { x, y } of bends) {
    const half = (isRow(y) ? BOX.height : LABEL.height) / 2;
    const [top, bottom] = [Math.max(last.y + 1, y - half), Math.min(end.y - 1, y + half)];
    if (top < bottom) {
      reach({ x, y: top });
      path += `V${round(bottom)}`;
      last = { x, y: bottom };
    }
  }
  reach(end);
  return path;
}

function at({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function groupsOf(
  { nodes }: ITopology,
  boxes: ReadonlyMap<string, IRectangle>
): Map<string, IRectangle> {
  const found = new Map<string, IRectangle>();
  const deepest = Math.max(0, ...nodes.map(({ call }) => callsOf(call).length));
  for (const { name, call } of nodes) {
    for (const outer of callsOf(call)) {
      const depth = deepest - callsOf(outer).length;
      const padded = grown(boxes.get(name)!, GROUP.padding + depth * 6, GROUP.title * (depth + 1));
      const known = found.get(outer);
      found.set(outer, known ? around(known, padded) : padded);
    }
  }
  // Outer ones first: inner ones are drawn upon them.
  return new Map([...found].sort(([one], [other]) => callsOf(one).length - callsOf(other).length));
}

function grown(box: IRectangle, padding: number, title: number): IRectangle {
  return {
    x: box.x - padding,
    y: box.y - padding - title,
    width: box.width + 2 * padding,
    height: box.height + 2 * padding + title
  };
}

function around(one: IRectangle, other: IRectangle): IRectangle {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y
  };
}
