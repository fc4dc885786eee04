// The fields of the form of what a step asks for: how each is read from tags, inherited, and changed.

import type { CellMarks, StepSettings, TagChange } from '../../schema';

export type FieldName =
  | 'image'
  | 'cpu_request'
  | 'cpu_limit'
  | 'memory_request'
  | 'memory_limit'
  | 'gpu'
  | 'retry'
  | 'wait'
  | 'timeout'
  | 'cache';

export interface IField {
  readonly name: FieldName;
  /** A value as an example. */
  readonly example: string;
  /** The value in tags, or "". */
  of(marks: CellMarks): string;
  /** The change that gives the field a text; "" takes its tag away. */
  change(text: string, marks: CellMarks): TagChange;
}

export const GPUS = ['nvidia.com/gpu', 'amd.com/gpu'];

/** The kind of device that the form speaks of. */
export function kindOf(marks: CellMarks, settings: StepSettings | null): string {
  const asked = [marks, settings?.own, settings?.inherited].flatMap(each => each?.devices ?? []);
  return asked.at(0)?.kind ?? GPUS[0];
}

/** The change to so many devices of a kind; the others that the cell asks for stay. */
export function devices(count: string, kind: string, marks: CellMarks): TagChange {
  const rest = marks.devices.slice(1).filter(each => each.kind !== kind);
  const wanted = count === '' ? rest : [{ kind, count }, ...rest];
  return { devices: wanted.length > 0 ? wanted : null };
}

function amount(
  name: 'cpu_request' | 'cpu_limit' | 'memory_request' | 'memory_limit',
  example: string
): IField {
  return {
    name,
    example,
    of: marks => marks[name],
    change: text => ({ [name]: text || null })
  };
}

export const FIELDS: readonly IField[] = [
  {
    name: 'image',
    example: 'python:3.11-slim',
    of: marks => marks.image,
    change: text => ({ image: text || null })
  },
  amount('cpu_request', '500m'),
  amount('cpu_limit', '2'),
  amount('memory_request', '1Gi'),
  amount('memory_limit', '4Gi'),
  {
    name: 'gpu',
    example: '1',
    of: marks => marks.devices.at(0)?.count ?? '',
    change: (text, marks) => devices(text, kindOf(marks, null), marks)
  },
  {
    name: 'retry',
    example: '2',
    of: marks => (marks.retry === null ? '' : String(marks.retry.times)),
    change: (text, { retry }) => ({
      retry: text ? { wait: '', factor: null, ...retry, times: Number(text) } : null
    })
  },
  {
    name: 'wait',
    example: '30s',
    of: marks => marks.retry?.wait ?? '',
    change: (text, { retry }) => ({
      retry: { times: retry?.times ?? 1, factor: text ? (retry?.factor ?? null) : null, wait: text }
    })
  },
  {
    name: 'timeout',
    example: '10m',
    of: marks => marks.timeout,
    change: text => ({ timeout: text || null })
  },
  {
    name: 'cache',
    example: '',
    of: marks => word(marks.cache),
    change: text => ({ cache: text ? text === 'enabled' : null })
  }
];

/** The value that holds where the cell says nothing: what other cells of the step say, or the notebook. */
export function inherited(
  field: IField,
  settings: StepSettings | null
): { readonly value: string; readonly byNotebook: boolean } {
  const other = settings === null ? '' : field.of(settings.own);
  const general = settings === null ? '' : field.of(settings.inherited);
  return { value: other || general, byNotebook: other === '' };
}

function word(value: boolean | null): string {
  return value === null ? '' : value ? 'enabled' : 'disabled';
}
