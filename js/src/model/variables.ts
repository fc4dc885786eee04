// The variables of a run as rows of a table. It knows no DOM.

import type { RunStep, VariableRecord } from '../schema';
import { sorted } from './sorted';

/** A variable as a step has made it; `read` says that the step which is shown takes it from there. */
export interface IVariableRow extends VariableRecord {
  readonly step: string;
  readonly read: boolean;
}

export type Column = 'name' | 'type' | 'shape' | 'bytes' | 'step';

/** What flows between steps, as an analysis has it. */
interface IFlow {
  readonly writer: string;
  readonly reader: string;
  readonly variables: readonly string[];
}

/** Types of what is no data: it comes last. */
const TOOLS = new Set(['module', 'type', 'function', 'builtin_function_or_method']);

/** What a step has made, then what it has read of others; those of all steps where none is named. */
export function rowsOf(
  steps: readonly RunStep[],
  step: string | null,
  flows: readonly IFlow[]
): readonly IVariableRow[] {
  const isTool = (each: VariableRecord) => Number(TOOLS.has(each.type));
  const made = (name: string, only?: ReadonlySet<string>): IVariableRow[] =>
    (steps.find(each => each.name === name)?.variables ?? [])
      .filter(each => !only || only.has(each.name))
      .map(each => ({ ...each, step: name, read: only !== undefined }))
      .sort((one, other) => isTool(one) - isTool(other));
  if (step === null) {
    return steps.flatMap(each => made(each.name));
  }
  const read = flows
    .filter(each => each.reader === step)
    .flatMap(each => made(each.writer, new Set(each.variables)));
  return [...made(step), ...read];
}

/** The rows in which the text stands, in the order of a column. */
export function arranged(
  rows: readonly IVariableRow[],
  text: string,
  column: Column | null,
  down: boolean
): readonly IVariableRow[] {
  const sought = text.trim().toLowerCase();
  const found = rows.filter(row =>
    [row.name, row.type, row.step].some(each => each.toLowerCase().includes(sought))
  );
  return column === null ? found : sorted(found, row => row[column], down);
}
