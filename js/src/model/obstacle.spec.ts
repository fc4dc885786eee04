import { expect, it } from 'vitest';

import { RequestError } from '../request';
import type { Analysis, Engine, Finding, Parameter, Step } from '../schema';
import { worstFirst } from './findings';
import { obstacle, type ICircumstances } from './obstacle';

const analysis = {
  kernel: '',
  steps: [{ name: 'a' } as Step],
  findings: [] as Finding[]
} as Analysis;
const fine: ICircumstances = { analysis, problem: null, wrong: null, engine: null };
const finding = (severity: string, number: number | null, line: number | null = null) =>
  ({ severity, number, line }) as Finding;

it.each<[string, Partial<ICircumstances>, string | undefined]>([
  ['nothing', {}, undefined],
  ['no analysis yet', { analysis: null }, 'reading'],
  ['no answer', { problem: new RequestError('gone', 0) }, 'problem'],
  [
    'warnings are none',
    { analysis: { ...analysis, findings: [finding('warning', 1)] } },
    undefined
  ],
  ['an error', { analysis: { ...analysis, findings: [finding('error', 1)] } }, 'errors'],
  ['no code', { analysis: { ...analysis, steps: [] } }, 'empty'],
  ['no kernel', { analysis: { ...analysis, kernel: 'There is no kernel.' } }, 'kernel'],
  ['a wrong parameter', { wrong: {} as Parameter }, 'parameter'],
  ['a broken engine', { engine: { problem: 'no host' } as Engine }, 'engine'],
  ['a good engine', { engine: { problem: '' } as Engine }, undefined]
])('%s', (_, change, kind) => {
  expect(obstacle({ ...fine, ...change })?.kind).toBe(kind);
});

it('tells the worst first, and those alike in the order of the notebook', () => {
  const given = [
    finding('info', 1),
    finding('warning', 3),
    finding('error', 5),
    finding('warning', 2, 9),
    finding('warning', 2, 1),
    finding('error', null)
  ];
  const places = worstFirst(given).map(each => [each.severity, each.number, each.line]);
  expect(places).toEqual([
    ['error', null, null],
    ['error', 5, null],
    ['warning', 2, 1],
    ['warning', 2, 9],
    ['warning', 3, null],
    ['info', 1, null]
  ]);
});
