// What both views of a graph are given, and the line that says what flows.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { IGraphEdge } from './pipeline';
import type { Lit } from './steering';
import type { ITopology } from './topology';
import { edgeText, flowText, type States } from './words';

export interface IView {
  readonly topology: ITopology;
  readonly states: States | undefined;
  readonly selected: string | null;
  readonly onSelect?: (name: string) => void;
  readonly onOpen?: (name: string) => void;
  readonly trans: TranslationBundle;
  readonly label?: string;
}

export function keyOf(edge: IGraphEdge): string {
  return `${edge.writer}→${edge.reader}`;
}

/** What flows along the edge or through the step that is pointed at. */
export function Flow(props: {
  lit: Lit;
  edges: readonly IGraphEdge[];
  trans: TranslationBundle;
}): JSX.Element {
  const { lit, edges, trans } = props;
  const text = lit === null ? '' : textOf(lit, edges, trans);
  return (
    <p className="jp-nbflow-Graph-flow" title={text}>
      {text}
    </p>
  );
}

function textOf(
  lit: NonNullable<Lit>,
  edges: readonly IGraphEdge[],
  trans: TranslationBundle
): string {
  if ('step' in lit) {
    return flowText(trans, lit.step, edges);
  }
  const edge = edges.find(each => keyOf(each) === lit.edge);
  return edge ? `${edge.writer} → ${edge.reader}: ${edgeText(trans, edge)}` : '';
}
