// What steps are doing, as a graph shows it.

import type { IStepState } from '../model/run';
import { shownOf, type Shown } from '../model/states';

/** A step as a graph shows it; times are in seconds, `note` says what there is to say about it. */
export interface IGraphState {
  readonly state: Shown;
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
        state: shownOf(step),
        started: step.started,
        // What was skipped took no time.
        seconds: step.state === 'skipped' ? null : step.seconds,
        note: step.message || step.again
      }
    ])
  );
}

/** Whether a step goes on: it may do so for the second time. */
export function isGoing({ state, seconds }: IGraphState): boolean {
  return state === 'running' || (state === 'again' && seconds === null);
}
