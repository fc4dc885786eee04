// The fields of the form of what a step asks for: how each is read from tags, inherited, and changed.

import type { CellMarks, Resources, TagChange } from '../../schema';

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
  /** The value in the cell's tags, or "". */
  own(marks: CellMarks): string;
  /** The value in the resources of a step, or of the notebook's defaults, or "". */
  of(resources: Resources): string;
  /** The change that gives the field a text; "" takes its tag away. */
  change(text: string, marks: CellMarks): TagChange;
}

export const GPUS = ['nvidia.com/gpu', 'amd.com/gpu'];

/** The kind of device that the form speaks of. */
export function kindOf(marks: CellMarks, resources: Resources | null): string {
  const asked = resources?.limits.map(([key]) => key).find(key => key.includes('/'));
  return marks.devices.at(0)?.kind ?? asked ?? GPUS[0];
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
  const [key, kind] = name.split('_');
  return {
    name,
    example,
    own: marks => marks[name],
    of: resources =>
      pair(kind === 'limit' ? resources.limits : resources.requests, each => each === key),
    change: text => ({ [name]: text || null })
  };
}

export const FIELDS: readonly IField[] = [
  {
    name: 'image',
    example: 'python:3.11-slim',
    own: marks => marks.image,
    of: resources => resources.image,
    change: text => ({ image: text || null })
  },
  amount('cpu_request', '500m'),
  amount('cpu_limit', '2'),
  amount('memory_request', '1Gi'),
  amount('memory_limit', '4Gi'),
  {
    name: 'gpu',
    example: '1',
    own: marks => marks.devices.at(0)?.count ?? '',
    of: resources => pair(resources.limits, key => key.includes('/')),
    change: (text, marks) => devices(text, kindOf(marks, null), marks)
  },
  {
    name: 'retry',
    example: '2',
    own: marks => (marks.retry === null ? '' : String(marks.retry.times)),
    of: resources => (resources.retry > 0 ? String(resources.retry) : ''),
    change: (text, { retry }) => ({
      retry: text ? { wait: '', factor: null, ...retry, times: Number(text) } : null
    })
  },
  {
    name: 'wait',
    example: '30s',
    own: marks => marks.retry?.wait ?? '',
    of: resources => (resources.backoff === null ? '' : span(resources.backoff.seconds)),
    change: (text, { retry }) => ({
      retry: { times: retry?.times ?? 1, factor: text ? (retry?.factor ?? null) : null, wait: text }
    })
  },
  {
    name: 'timeout',
    example: '10m',
    own: marks => marks.timeout,
    of: resources => span(resources.timeout),
    change: text => ({ timeout: text || null })
  },
  {
    name: 'cache',
    example: '',
    own: marks => word(marks.cache),
    of: resources => word(resources.cache),
    change: text => ({ cache: text ? text === 'enabled' : null })
  }
];

/** The value that holds where the cell says nothing, and whether it is the notebook's default. */
export function inherited(
  field: IField,
  step: Resources | null,
  defaults: Resources | null
): { readonly value: string; readonly byNotebook: boolean } {
  const general = defaults === null ? '' : field.of(defaults);
  const found = step === null ? general : field.of(step);
  return { value: found || general, byNotebook: found === '' || found === general };
}

function pair(pairs: readonly (readonly [string, string])[], wanted: (key: string) => boolean) {
  return pairs.find(([key]) => wanted(key))?.[1] ?? '';
}

function word(value: boolean | null): string {
  return value === null ? '' : value ? 'enabled' : 'disabled';
}

/** Seconds as a tag says them: "90s", "10m", "2h". */
export function span(seconds: number): string {
  if (seconds === 0) {
    return '';
  }
  const units = [
    [3600, 'h'],
    [60, 'm']
  ] as const;
  const [unit, name] = units.find(([size]) => seconds % size === 0) ?? [1, 's'];
  return `${seconds / unit}${name}`;
}
