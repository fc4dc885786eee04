// Who comes before whom: ranks and neighbours.

import type { IGraphEdge, IGraphNode } from './pipeline';

export interface ITopology {
  readonly nodes: readonly IGraphNode[];
  /** Those whose ends are both among the nodes. */
  readonly edges: readonly IGraphEdge[];
  /** 0 for what needs nothing, else one more than the last of what it needs. */
  readonly rank: ReadonlyMap<string, number>;
  /** The names of each rank, which may run side by side. */
  readonly ranks: readonly (readonly string[])[];
  readonly before: ReadonlyMap<string, readonly string[]>;
  readonly after: ReadonlyMap<string, readonly string[]>;
}

export function topologyOf(nodes: readonly IGraphNode[], edges: readonly IGraphEdge[]): ITopology {
  const names = new Set(nodes.map(node => node.name));
  const known = edges.filter(
    edge => names.has(edge.writer) && names.has(edge.reader) && edge.writer !== edge.reader
  );
  const before = new Map<string, string[]>(nodes.map(node => [node.name, []]));
  const after = new Map<string, string[]>(nodes.map(node => [node.name, []]));
  for (const edge of known) {
    before.get(edge.reader)!.push(edge.writer);
    after.get(edge.writer)!.push(edge.reader);
  }
  const rank = ranked(nodes, before, after);
  const ranks: string[][] = [];
  for (const { name } of nodes) {
    (ranks[rank.get(name)!] ??= []).push(name);
  }
  return { nodes, edges: known, rank, ranks, before, after };
}

/** A circle cannot be ranked; its steps get the rank that is reached when only they are left. */
function ranked(
  nodes: readonly IGraphNode[],
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>
): Map<string, number> {
  const rank = new Map<string, number>();
  const open = new Map(nodes.map(({ name }) => [name, before.get(name)!.length]));
  let wave = nodes.filter(({ name }) => open.get(name) === 0).map(({ name }) => name);
  let count = 0;
  while (open.size > 0) {
    wave = wave.length > 0 ? wave : [...open.keys()];
    wave.forEach(name => {
      rank.set(name, count);
      open.delete(name);
    });
    const next = new Set<string>();
    for (const name of wave.flatMap(each => after.get(each)!)) {
      const left = (open.get(name) ?? 0) - 1;
      if (open.has(name)) {
        open.set(name, left);
        if (left === 0) {
          next.add(name);
        }
      }
    }
    wave = [...next];
    count += 1;
  }
  return rank;
}

/** The edges without those that longer ways imply: they say nothing about the order. */
export function withoutShortcuts(topology: ITopology): IGraphEdge[] {
  const { after, rank } = topology;
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const open = [...after.get(from)!].filter(name => name !== to);
    while (open.length > 0) {
      const name = open.pop()!;
      if (name === to) {
        return true;
      }
      if (!seen.has(name) && rank.get(name)! < rank.get(to)!) {
        seen.add(name);
        open.push(...after.get(name)!);
      }
    }
    return false;
  };
  return topology.edges.filter(edge => !reaches(edge.writer, edge.reader));
}
