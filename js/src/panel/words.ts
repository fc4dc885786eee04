// What the panel says of engines, targets, and of what stands in the way.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ITranslate } from '../model/format';
import type { Target, Work } from '../model/notebook';
import type { Obstacle } from '../model/obstacle';
import type { Problem } from '../model/parameters';
import type { State } from '../model/run';
import { wordOf } from '../model/states';
import type { Engine, Finding } from '../schema';

export function targetName(target: Target, trans: ITranslate): string {
  switch (target) {
    case 'kfp':
      return trans.__('Kubeflow Pipelines');
    case 'argo':
      return trans.__('Argo Workflows');
    case 'python':
      return trans.__('Python Module');
  }
}

/** An engine in a menu, with what is wrong with it. */
export function engineLabel(engine: Engine, trans: ITranslate): string {
  if (engine.problem) {
    return trans.__('%1 — ⚠ there is something wrong with its settings', engine.name);
  }
  const where = engine.kind === 'local' ? trans.__('this machine') : engine.where || engine.kind;
  return engine.namespace
    ? `${engine.name} — ${where} (${engine.namespace})`
    : `${engine.name} — ${where}`;
}

export function workSentence(work: Work, trans: ITranslate): string {
  switch (work) {
    case 'saving':
      return trans.__('Saving your changes first…');
    case 'starting':
      return trans.__('Starting the run…');
    case 'compiling':
      return trans.__('Compiling…');
    case 'stopping':
      return trans.__('Stopping the run…');
    case 'resuming':
      return trans.__('Resuming the run…');
    case 'proposing':
      return trans.__('Looking for steps…');
  }
}

/** What was not done, where something failed. */
export function failedTo(work: Work, trans: ITranslate): string {
  switch (work) {
    case 'compiling':
      return trans.__('Not compiled.');
    case 'stopping':
      return trans.__('Not stopped.');
    case 'resuming':
      return trans.__('Not resumed.');
    case 'proposing':
      return trans.__('Nothing proposed.');
    default:
      return trans.__('Not started.');
  }
}

/** Why the notebook cannot be run just now; null says it by itself, in a place of its own. */
export function obstacleSentence(obstacle: Obstacle, trans: ITranslate): string | null {
  switch (obstacle.kind) {
    case 'reading':
      return null;
    case 'problem':
      return obstacle.error.message;
    case 'empty':
      return trans.__('There is no code to run yet.');
    case 'errors':
      return trans._n(
        'Cannot run: there is an error among the findings.',
        'Cannot run: there are %1 errors among the findings.',
        obstacle.findings.length
      );
    case 'kernel':
      return trans.__('Cannot run: %1', obstacle.text);
    case 'parameter':
      return trans.__(
        'Cannot run: parameter “%1” has no value that fits.',
        obstacle.parameter.name
      );
    case 'engine':
      return trans.__('Cannot run on %1: %2', obstacle.engine.name, obstacle.engine.problem);
  }
}

/** What a field has to hold. */
export function problemSentence(problem: Problem, trans: ITranslate): string {
  switch (problem) {
    case 'int':
      return trans.__('This has to be a whole number.');
    case 'float':
      return trans.__('This has to be a number.');
    case 'bool':
      return trans.__('This has to be True or False.');
    case 'list':
      return trans.__('This has to be a list in JSON: [1, "a"].');
    case 'dict':
      return trans.__('This has to be an object in JSON: {"a": 1}.');
    case 'json':
      return trans.__('This has to be a value in JSON: 1, "a", null.');
  }
}

/** Where a finding stands: "features, line 3", "cell 4", or "" for the notebook as a whole. */
export function placeOf(finding: Finding, step: string | null, trans: ITranslate): string {
  if (finding.number === null) {
    return '';
  }
  const cell = step ?? trans.__('cell %1', finding.number);
  return finding.line ? trans.__('%1, line %2', cell, finding.line) : cell;
}

/** A sentence as it stands by itself; what it begins with may be a name, which stays as it is. */
export function sentence(text: string): string {
  return text.replace(/^(a|an|no|the|this) /, word => word[0].toUpperCase() + word.slice(1));
}

/** The states that runs can be in, each with its word. */
export function runStates(trans: TranslationBundle): [State, string][] {
  const states: State[] = ['running', 'done', 'failed', 'stopped'];
  return states.map(each => [each, wordOf(each, trans)]);
}
