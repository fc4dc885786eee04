// Pipelines as graphs; what other views need of it.

export { PipelineGraph, type IPipelineGraphProps } from './graph';
export { StateMark } from './mark';
export { edgesOf, nodesOf, nodesOfRun, type IGraphEdge, type IGraphNode } from './pipeline';
export { isGoing, statesOf, type IGraphState } from './states';
export { Elapsed } from './times';
export { carried } from './words';
