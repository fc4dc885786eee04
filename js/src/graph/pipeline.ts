// A pipeline as a graph shows it: steps and edges, without a word of the notebook.

import type { Analysis, Step } from '../schema';

/** A step. `call` names the called notebook that it stands in, `notebook` the one that it calls. */
export interface IGraphNode {
  readonly name: string;
  readonly role: 'step' | 'metrics';
  readonly call: string;
  readonly notebook: string;
  readonly gpu: boolean;
  readonly uncached: boolean;
  readonly retry: number;
}

/** What a step takes from another; names that begin with "@" are ambient state. */
export interface IGraphEdge {
  readonly writer: string;
  readonly reader: string;
  readonly variables: readonly string[];
  /** The user wrote it down. */
  readonly asked: boolean;
  /** All that it carries rests on what may not happen. */
  readonly possible: boolean;
}

export function nodesOf(analysis: Pick<Analysis, 'steps'>): IGraphNode[] {
  return analysis.steps.map(step => ({
    name: step.name,
    role: step.role === 'metrics' ? 'metrics' : 'step',
    call: step.call,
    notebook: step.notebook,
    gpu: needsGpu(step),
    uncached: step.resources.cache === false,
    retry: step.resources.retry
  }));
}

export function edgesOf(analysis: Pick<Analysis, 'edges'>): IGraphEdge[] {
  return analysis.edges.map(edge => ({
    writer: edge.writer,
    reader: edge.reader,
    variables: edge.variables,
    asked: edge.asked,
    possible: edge.grade === 'possible'
  }));
}

/** The steps of a run of which no more is known than their names. */
export function nodesOfRun(steps: readonly { readonly name: string }[]): IGraphNode[] {
  return steps.map(({ name }) => ({ ...PLAIN, name }));
}

const PLAIN: IGraphNode = {
  name: '',
  role: 'step',
  call: '',
  notebook: '',
  gpu: false,
  uncached: false,
  retry: 0
};

/** Kinds of graphics cards are resources with a vendor's name before them: "nvidia.com/gpu", "amd.com/gpu". */
function needsGpu({ resources }: Step): boolean {
  return [...resources.limits, ...resources.requests].some(
    ([key, value]) => /\/(gpu|mig-)/.test(key) && value !== '0'
  );
}
