// Runs as a list shows them: which of them, and what there is to say of each in a line.

import type { Parameter, RunSummary } from '../schema';
import { figure, plain } from './format';

export interface IFilter {
  readonly text: string;
  /** "" is any. */
  readonly state: string;
  readonly engine: string;
}

export const ANY: IFilter = { text: '', state: '', engine: '' };

/** What runs of an engine are called: by the engine's name, where it has one. */
export function engineOf(run: Pick<RunSummary, 'profile' | 'engine'>): string {
  return run.profile || run.engine;
}

/** The engines of runs, each once. */
export function enginesOf(runs: readonly RunSummary[]): string[] {
  return [...new Set(runs.map(engineOf))].sort();
}

/** The parameters of a run that are not the defaults: "depth=4". */
export function given(run: RunSummary, parameters: readonly Parameter[]): string[] {
  const defaults = new Map(parameters.map(each => [each.name, JSON.stringify(each.default)]));
  return Object.entries(run.parameters)
    .filter(([name, value]) => defaults.get(name) !== JSON.stringify(value))
    .map(([name, value]) => `${name}=${plain(value)}`);
}

/** The metrics of a run: "auc 0.91". */
export function metricsOf(run: RunSummary): string[] {
  return Object.entries(run.metrics).map(([name, value]) => `${name} ${figure(value)}`);
}

/** The runs that a filter lets through: every word of its text has to be in what a run is shown with. */
export function filtered(
  runs: readonly RunSummary[],
  filter: IFilter,
  parameters: readonly Parameter[]
): RunSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter(run => {
    if (filter.state && run.state !== filter.state) {
      return false;
    }
    if (filter.engine && engineOf(run) !== filter.engine) {
      return false;
    }
    const values = [...given(run, parameters), ...metricsOf(run)];
    const shown = [run.id, engineOf(run), run.state, run.batch, ...values].join(' ').toLowerCase();
    return words.every(each => shown.includes(each));
  });
}
