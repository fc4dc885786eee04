// A pipeline as a graph: rows for a side panel, or boxes in a plane.

import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo, useRef, type JSX } from 'react';

import { Boxes } from './boxes';
import type { IGraphEdge, IGraphNode } from './pipeline';
import { Rows } from './rows';
import { topologyOf, type ITopology } from './topology';
import type { States } from './words';

export interface IPipelineGraphProps {
  readonly nodes: readonly IGraphNode[];
  readonly edges: readonly IGraphEdge[];
  /** None for a notebook that is not run: steps have no glyph. */
  readonly states?: States;
  readonly selected?: string | null;
  /** Click and Space. */
  readonly onSelect?: (name: string) => void;
  /** Enter and a double click; without it they select. */
  readonly onOpen?: (name: string) => void;
  /** Rows for narrow places, as high as they are many; else boxes that fill their parent. */
  readonly compact?: boolean;
  readonly trans: TranslationBundle;
  /** What the graph is called for a screen reader. */
  readonly label?: string;
}

export function PipelineGraph(props: IPipelineGraphProps): JSX.Element | null {
  const topology = useTopology(props.nodes, props.edges);
  if (topology.nodes.length === 0) {
    return null;
  }
  const view = { ...props, topology, states: props.states, selected: props.selected ?? null };
  return props.compact ? <Rows {...view} /> : <Boxes {...view} />;
}

/** Ranks and neighbours, the same ones as long as steps and edges are the same by value. */
function useTopology(nodes: readonly IGraphNode[], edges: readonly IGraphEdge[]): ITopology {
  const known = useRef<{ text: string; topology: ITopology } | null>(null);
  return useMemo(() => {
    const text = JSON.stringify([nodes, edges]);
    if (known.current?.text !== text) {
      known.current = { text, topology: topologyOf(nodes, edges) };
    }
    return known.current.topology;
  }, [nodes, edges]);
}
