// Why a notebook cannot be run just now.

import type { RequestError } from '../request';
import type { Analysis, Engine, Finding, Parameter } from '../schema';

/** What stands in the way of a run. */
export type Obstacle =
  | { readonly kind: 'reading' }
  | { readonly kind: 'problem'; readonly error: RequestError }
  | { readonly kind: 'empty' }
  | { readonly kind: 'errors'; readonly findings: readonly Finding[] }
  | { readonly kind: 'kernel'; readonly text: string }
  | { readonly kind: 'parameter'; readonly parameter: Parameter }
  | { readonly kind: 'engine'; readonly engine: Engine };

export interface ICircumstances {
  readonly analysis: Analysis | null;
  readonly problem: RequestError | null;
  /** The first parameter whose text is no value. */
  readonly wrong: Parameter | null;
  readonly engine: Engine | null;
}

/** The first thing that stands in the way of a run, or null. */
export function obstacle(now: ICircumstances): Obstacle | null {
  const { analysis, problem, wrong, engine } = now;
  if (problem !== null) {
    return { kind: 'problem', error: problem };
  }
  if (analysis === null) {
    return { kind: 'reading' };
  }
  const findings = analysis.findings.filter(each => each.severity === 'error');
  if (findings.length > 0) {
    return { kind: 'errors', findings };
  }
  if (analysis.steps.length === 0) {
    return { kind: 'empty' };
  }
  if (analysis.kernel) {
    return { kind: 'kernel', text: analysis.kernel };
  }
  if (wrong !== null) {
    return { kind: 'parameter', parameter: wrong };
  }
  return engine?.problem ? { kind: 'engine', engine } : null;
}
