// Roles and badges in words.

import type { TranslationBundle } from '@jupyterlab/translation';

import { clock, duration, shortened } from '../model/format';
import type { IStepState } from '../model/run';
import { glyphOf, shownOf, wordOf } from '../model/states';
import type { CellMarks } from '../schema';
import type { IBadge } from './badge';

/** So many characters of a step's name a badge shows. */
const MOST = 40;

export type TagRole = NonNullable<CellMarks['role']>;

export function roleWord(trans: TranslationBundle, role: TagRole): string {
  switch (role) {
    case 'step':
      return trans.__('Step');
    case 'imports':
      return trans.__('Imports');
    case 'functions':
      return trans.__('Functions');
    case 'parameters':
      return trans.__('Parameters');
    case 'metrics':
      return trans.__('Metrics');
    case 'skip':
      return trans.__('Skipped');
    case 'notebook':
      return trans.__('Notebook');
  }
}

/** The text of a badge; `state` is that of its step in the run that is shown, `now` in seconds. */
export function badgeText(
  trans: TranslationBundle,
  badge: IBadge,
  state: IStepState | null,
  now: number
): string {
  const name = badge.role === 'step' ? badge.step : roleWord(trans, badge.role);
  const parts = [shortened(name, MOST)];
  if (badge.demoted) {
    parts.push(trans.__('once, in %1', shortened(badge.step, MOST)));
  }
  if (state !== null) {
    parts.unshift(glyphOf(shownOf(state)));
    parts.push(time(state, now));
  }
  return parts.filter(part => part !== '').join('  ');
}

/** What a screen reader says of a cell. */
export function spoken(trans: TranslationBundle, badge: IBadge, state: IStepState | null): string {
  const parts = [];
  if (badge.role !== 'step') {
    parts.push(roleWord(trans, badge.role));
  }
  if (badge.role === 'step' || badge.demoted) {
    parts.push(trans.__('Step %1', badge.step));
  }
  if (!badge.own) {
    parts.push(trans.__('by its place in the notebook'));
  }
  if (state !== null) {
    parts.push(wordOf(shownOf(state), trans));
  }
  return parts.join(', ');
}

function time(state: IStepState, now: number): string {
  if (state.state === 'running') {
    return state.started === null ? '' : clock(now - state.started);
  }
  return state.seconds === null || state.reused ? '' : duration(state.seconds);
}
