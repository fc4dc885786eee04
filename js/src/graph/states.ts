// What steps and runs are doing, with the glyph of each state.

import type { ITranslate } from '../model/format';
import type { IStepState } from '../model/run';
import { GLYPHS, shownOf as stateOf, wordOf, type Shown } from '../model/states';

export { GLYPHS, stateOf };
export type StepState = Shown;

/** A step as a graph shows it; times are in seconds, `note` says what there is to say about it. */
export interface IGraphState {
  readonly state: StepState;
  readonly started: number | null;
  readonly seconds: number | null;
  readonly note: string;
}

/** Steps of a run as a graph shows them. */
export function statesOf(steps: readonly IStepState[]): ReadonlyMap<string, IGraphState> {
  return new Map(
    steps.map(step => [
      step.name,
      {
        state: stateOf(step),
        started: step.started,
        seconds: step.seconds,
        note: step.message || step.again
      }
    ])
  );
}

/** Whether a step goes on: it may do so for the second time. */
export function isGoing({ state, seconds }: IGraphState): boolean {
  return state === 'running' || (state === 'again' && seconds === null);
}

export function stateWord(trans: ITranslate, state: StepState): string {
  return wordOf(state, trans);
}
