// What steps and runs are doing, with the glyph of each state.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IStepState, State } from '../model/run';

/** The states of the server, and two that a step is in beside: its result was there, or it ran anew. */
export type StepState = State | 'reused' | 'again';

export const GLYPHS: Readonly<Record<StepState, string>> = {
  waiting: '○',
  running: '◐',
  done: '●',
  reused: '↺',
  again: '↻',
  failed: '✖',
  skipped: '⊘',
  stopped: '■'
};

/** A step as a graph shows it; times are in seconds, `note` says what there is to say about it. */
export interface IGraphState {
  readonly state: StepState;
  readonly started: number | null;
  readonly seconds: number | null;
  readonly note: string;
}

/** The state of a step: whether its result was used again, or it ran anew, comes before that it is done. */
export function stateOf(step: Pick<IStepState, 'state' | 'again' | 'reused'>): StepState {
  if (step.state === 'done' && step.reused !== '') {
    return 'reused';
  }
  const ran = step.state === 'done' || step.state === 'running';
  return ran && step.again !== '' ? 'again' : step.state;
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

export function stateWord(trans: TranslationBundle, state: StepState): string {
  switch (state) {
    case 'waiting':
      return trans.__('waiting');
    case 'running':
      return trans.__('running');
    case 'done':
      return trans.__('done');
    case 'reused':
      return trans.__('from cache');
    case 'again':
      return trans.__('run again');
    case 'failed':
      return trans.__('failed');
    case 'skipped':
      return trans.__('skipped');
    case 'stopped':
      return trans.__('stopped');
  }
}
