// Pipelines for tests.

import type { IGraphEdge, IGraphNode } from '../graph/pipeline';
import { topologyOf, type ITopology } from '../graph/topology';

export function node(name: string, more: Partial<IGraphNode> = {}): IGraphNode {
  const call = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
  return {
    name,
    role: 'step',
    call,
    notebook: '',
    gpu: false,
    uncached: false,
    retry: 0,
    ...more
  };
}

export function edge(writer: string, reader: string, ...variables: string[]): IGraphEdge {
  return { writer, reader, variables, asked: variables.length === 0, possible: false };
}

/** "a>b>c a>c": names and edges, in the order in which they are first named. */
export function drawn(text: string): ITopology {
  const edges = text
    .split(' ')
    .flatMap(chain => chain.split('>').map((name, index, all) => [all[index - 1], name]));
  const names = [...new Set(edges.map(([, name]) => name))];
  return topologyOf(
    names.map(name => node(name)),
    edges.filter(([writer]) => writer !== undefined).map(([one, two]) => edge(one, two, 'x'))
  );
}

/** A pipeline of so many steps and edges, always the same one. */
export function large(steps: number, edges: number): [IGraphNode[], IGraphEdge[]] {
  const nodes = Array.from({ length: steps }, (_, number) => node(`step_${number}`));
  const found = new Map<string, IGraphEdge>();
  let seed = 7;
  const chance = (most: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * most);
  };
  const add = (reader: number, writer: number): void => {
    found.set(`${writer} ${reader}`, edge(`step_${writer}`, `step_${reader}`, `v${writer}`));
  };
  for (let reader = 1; reader < steps; reader += 1) {
    add(reader, Math.max(0, reader - 1 - chance(8)));
  }
  while (found.size < edges) {
    const reader = 1 + chance(steps - 1);
    add(reader, Math.max(0, reader - 1 - chance(chance(10) === 0 ? 40 : 8)));
  }
  return [nodes, [...found.values()]];
}
