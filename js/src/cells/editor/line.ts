// What the line above the active cell says, from its tags and the analysis.

import type { Analysis, CellMarks } from '../../schema';

/** A step that comes before because of the data: the variables that come from it. */
interface IInferred {
  readonly step: string;
  readonly variables: readonly string[];
}

export interface ILine {
  readonly role: CellMarks['role'];
  /** The name in the cell's own tag. */
  readonly name: string;
  /** The step that the cell belongs to by its place, where no tag gives it one. */
  readonly place: string;
  /** The steps that the user asked to come before. */
  readonly after: readonly string[];
  readonly inferred: readonly IInferred[];
  /** Steps that may be asked to come before: those that stand before in the notebook. */
  readonly suggested: readonly string[];
  /** The names of all steps that a cell can be given to. */
  readonly names: readonly string[];
  /** How many things its tags ask for. */
  readonly asks: number;
}

export function lineOf(cell: string, marks: CellMarks, analysis: Analysis | null): ILine {
  const known = analysis?.cells.find(each => each.id === cell);
  const step = marks.step || (known?.step ?? '');
  const steps = (analysis?.steps ?? []).filter(each => each.call === '');
  const names = steps.filter(each => each.role === 'step').map(each => each.name);
  const inferred = (analysis?.edges ?? [])
    .filter(edge => edge.reader === step && edge.variables.length > 0)
    .filter(edge => !marks.after.includes(edge.writer))
    .map(edge => ({ step: edge.writer, variables: edge.variables }));
  const place = names.indexOf(step);
  const before = known?.role === 'metrics' || place < 0 ? names : names.slice(0, place);
  const taken = new Set([step, ...marks.after, ...inferred.map(each => each.step)]);
  return {
    role: marks.role,
    name: marks.step,
    place: marks.role === null ? (known?.step ?? '') : '',
    after: marks.after,
    inferred,
    suggested: before.filter(name => !taken.has(name)),
    names,
    asks: asks(marks)
  };
}

function asks(marks: CellMarks): number {
  const texts = [
    marks.image,
    marks.cpu_limit,
    marks.cpu_request,
    marks.memory_limit,
    marks.memory_request,
    marks.timeout
  ];
  const lists = [marks.devices, marks.env, marks.labels, marks.annotations, marks.others];
  return (
    texts.filter(text => text !== '').length +
    [marks.retry, marks.cache, marks.report].filter(value => value !== null).length +
    lists.reduce((sum, list) => sum + list.length, 0)
  );
}

/** Whether another cell or step speaks of the step by its name, beside the cell itself. */
export function othersNamed(cell: string, name: string, analysis: Analysis | null): number {
  const cells = (analysis?.cells ?? []).filter(
    each => each.id !== cell && each.own && each.step === name && each.role === 'step'
  );
  const waiting = (analysis?.steps ?? []).filter(each => each.after.includes(name));
  return cells.length + waiting.length;
}
