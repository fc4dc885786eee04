// Pipelines as graphs; what other views need of it.

export { PipelineGraph, type IPipelineGraphProps } from './graph';
export { StateMark } from './mark';
export { edgesOf, nodesOf, nodesOfRun, type IGraphEdge, type IGraphNode } from './pipeline';
export {
  GLYPHS,
  isGoing,
  stateOf,
  statesOf,
  stateWord,
  type IGraphState,
  type StepState
} from './states';
export { clock, duration, Elapsed } from './times';
export { carried } from './words';
