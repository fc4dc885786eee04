import { expect, it } from 'vitest';

import type { RunStep, VariableRecord } from '../schema';
import { diffLines } from './diffs';
import { arranged, rowsOf, type Column } from './variables';

function variable(name: string, type: string, bytes: number, shape = ''): VariableRecord {
  return { name, type, bytes, shape, version: 'v', preview: '', obstacle: '' };
}

function step(name: string, ...variables: VariableRecord[]): RunStep {
  return { name, variables } as RunStep;
}

const STEPS = [
  step(
    'load',
    variable('np', 'module', 55),
    variable('table', 'DataFrame', 900, '20 x 3'),
    variable('n', 'int', 28)
  ),
  step(
    'train',
    variable('model', 'Model', 2000),
    variable('x10', 'int', 1),
    variable('x9', 'int', 2)
  )
];
const FLOWS = [{ writer: 'load', reader: 'train', variables: ['table'] }];

const names = (rows: ReturnType<typeof rowsOf>) =>
  rows.map(each => `${each.step}.${each.name}${each.read ? ' read' : ''}`);

it.each([
  ['load', ['load.table', 'load.n', 'load.np']],
  ['train', ['train.model', 'train.x10', 'train.x9', 'load.table read']],
  ['none', []],
  [null, ['load.table', 'load.n', 'load.np', 'train.model', 'train.x10', 'train.x9']]
])('variables of %s', (name, expected) => {
  expect(names(rowsOf(STEPS, name, FLOWS))).toEqual(expected);
});

it.each<[string, Column | null, boolean, string[]]>([
  ['', null, false, ['table', 'n', 'np', 'model', 'x10', 'x9']],
  ['INT', null, false, ['n', 'x10', 'x9']],
  ['train', 'name', false, ['model', 'x9', 'x10']],
  ['', 'bytes', true, ['model', 'table', 'np', 'n', 'x9', 'x10']],
  [' frame ', 'name', false, ['table']],
  ['zz', 'name', false, []]
])('those with %j by %s, down: %s', (text, column, down, expected) => {
  const rows = rowsOf(STEPS, null, FLOWS);
  expect(arranged(rows, text, column, down).map(each => each.name)).toEqual(expected);
});

it('reads a unified diff', () => {
  const lines = ['--- a', '+++ b', '@@ -1,2 +1,2 @@', ' same', '-old', '+new\n', ''];
  expect(diffLines(lines)).toEqual([
    { kind: 'place', text: '@@ -1,2 +1,2 @@' },
    { kind: 'same', text: 'same' },
    { kind: 'removed', text: 'old' },
    { kind: 'added', text: 'new' },
    { kind: 'same', text: '' }
  ]);
});
