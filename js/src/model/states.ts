// States of steps and runs as they are shown: a glyph and a word, so that colour is not needed.

import type { ITranslate } from './format';
import type { IStepState, State } from './run';

/** A state as it is shown: a step that is done may have its result from another run. */
export type Shown = State | 'reused' | 'again';

const GLYPHS: Readonly<Record<Shown, string>> = {
  waiting: '○',
  running: '◐',
  done: '●',
  reused: '↺',
  again: '↻',
  failed: '✖',
  skipped: '⊘',
  stopped: '■'
};

/** How the state of a step is shown. `again` is one that runs, or ran, anew though it was done before. */
export function shownOf(step: Pick<IStepState, 'state' | 'reused' | 'again'>): Shown {
  if (step.state === 'done' && step.reused) {
    return 'reused';
  }
  return step.again && (step.state === 'done' || step.state === 'running') ? 'again' : step.state;
}

export function glyphOf(state: Shown): string {
  return GLYPHS[state] ?? '○';
}

export function wordOf(state: Shown, trans: ITranslate): string {
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
    default:
      return state;
  }
}
