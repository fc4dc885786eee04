import { describe, expect, it } from 'vitest';

import type { Analysis, Cell, CellMarks, Edge } from '../../schema';
import { lineOf, othersNamed } from './line';

function cell(id: string, step: string | null, own: boolean, role: Cell['role'] = 'step'): Cell {
  return { id, number: 1, role, own, step, demoted: '', derived: '', tags: [], line: '' };
}

const ANALYSIS = {
  steps: [
    { name: 'load', role: 'step', call: '', after: [] },
    { name: 'clean', role: 'step', call: '', after: [] },
    { name: 'inner/a', role: 'step', call: 'inner', after: [] },
    { name: 'train', role: 'step', call: '', after: ['load'] },
    { name: 'metrics', role: 'metrics', call: '', after: [] }
  ],
  edges: [
    { writer: 'load', reader: 'train', variables: [], asked: true } as unknown as Edge,
    { writer: 'clean', reader: 'train', variables: ['x', 'y'] } as unknown as Edge
  ],
  cells: [
    cell('a', 'load', true),
    cell('b', 'load', true),
    cell('c', 'clean', true),
    cell('d', 'train', true),
    cell('e', 'train', false),
    cell('f', 'metrics', true, 'metrics'),
    cell('g', null, true, 'imports')
  ]
} as unknown as Analysis;

function marks(role: CellMarks['role'], step = '', after: string[] = []): CellMarks {
  const lists = { devices: [], env: [], labels: [], annotations: [], others: [], foreign: [] };
  const texts = { image: '', cpu_limit: '', cpu_request: '', memory_limit: '', memory_request: '' };
  const rest = { retry: null, timeout: '', cache: null, report: null };
  return { role, step, after, ...lists, ...texts, ...rest };
}

describe('lineOf', () => {
  it('tells asked edges from those that the data needs', () => {
    expect(lineOf('d', marks('step', 'train', ['load']), ANALYSIS)).toMatchObject({
      role: 'step',
      name: 'train',
      place: '',
      after: ['load'],
      inferred: [{ step: 'clean', variables: ['x', 'y'] }],
      suggested: [],
      names: ['load', 'clean', 'train']
    });
  });

  it.each<[string, string, CellMarks, string, string[]]>([
    ['a cell of the first step', 'a', marks('step', 'load'), '', []],
    ['of the second', 'c', marks('step', 'clean'), '', ['load']],
    ['without a tag', 'e', marks(null), 'train', ['load']],
    ['metrics', 'f', marks('metrics'), '', ['load', 'clean', 'train']],
    ['a name that is not analysed yet', 'd', marks('step', 'new'), '', ['load', 'clean', 'train']]
  ])('%s', (_, id, own, place, suggested) => {
    expect(lineOf(id, own, ANALYSIS)).toMatchObject({ place, suggested });
  });

  it('works before the notebook is analysed', () => {
    expect(lineOf('a', marks('step', 'load'), null)).toMatchObject({ name: 'load', suggested: [] });
  });

  it('counts what the tags ask for', () => {
    const asking: CellMarks = {
      ...marks('step', 'load'),
      image: 'x',
      cache: false,
      retry: { times: 0, wait: '', factor: null },
      others: ['shm:2Gi', 'run-as:1000']
    };
    expect(lineOf('a', asking, ANALYSIS).asks).toBe(5);
  });

  it('counts where else a name stands', () => {
    expect(othersNamed('a', 'load', ANALYSIS)).toBe(2);
    expect(othersNamed('d', 'train', ANALYSIS)).toBe(0);
    expect(othersNamed('a', 'load', null)).toBe(0);
  });
});
