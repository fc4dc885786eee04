// Which cell has failed in a run, and what going on would run.

import type { IRunRef } from '../../client';
import type { RunModel } from '../../model/run';

/** The error that ended a cell in a run. */
export interface IFailed {
  readonly run: IRunRef;
  readonly step: string;
  readonly cell: string;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
  /** Whether the run has ended, so that it can be resumed. */
  readonly over: boolean;
  /** The steps that a resumed run runs: all that were not done. */
  readonly left: readonly string[];
}

/** The cells of the run that have failed: of each step at most one. */
export function failedIn(
  run: Pick<RunModel, 'ref' | 'goesOn' | 'steps' | 'recorded'> | null
): readonly IFailed[] {
  if (run === null) {
    return [];
  }
  const left = run.steps.filter(step => step.state !== 'done').map(step => step.name);
  return run.steps.flatMap(step => {
    const error = step.state === 'failed' ? (step.error ?? run.recorded(step.name)?.failure) : null;
    if (!error) {
      return [];
    }
    const { cell, ename, evalue, traceback } = error;
    return [
      { run: run.ref, step: step.name, cell, ename, evalue, traceback, over: !run.goesOn, left }
    ];
  });
}

/** Two errors are the same one when they are of one run and cell. */
export function keyOf(failed: IFailed): string {
  return [failed.run.folder, failed.run.id, failed.cell].join('\n');
}
