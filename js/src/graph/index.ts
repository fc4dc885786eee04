// Pipelines as graphs; what other views need of it.

export { PipelineGraph, type IPipelineGraphProps } from './graph';
export { edgesOf, nodesOf, nodesOfRun, type IGraphEdge, type IGraphNode } from './pipeline';
export { isGoing, statesOf, type IGraphState } from './states';
export { carried } from './words';
