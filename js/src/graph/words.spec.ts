import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';

import { edge, node } from '../testing/graphs';
import type { IGraphState } from './states';
import { carried, edgeLabel, edgeText, flowText, signsOf, nodeText } from './words';

const trans = nullTranslator.load('nbflow');

function state(name: IGraphState['state'], seconds: number | null = null): IGraphState {
  return { state: name, started: null, seconds, note: '' };
}

it.each([
  ['df', 'df'],
  ['@numpy.random', 'random numbers of NumPy'],
  ['@random', 'random numbers'],
  ['@file:data/a.csv', 'file data/a.csv'],
  ['@module:a.b', 'module a.b'],
  ['@never.heard', 'state of never.heard']
])('%s is told as %s', (name, words) => {
  expect(carried(trans, name)).toBe(words);
});

it.each([
  [[], 'order'],
  [['df'], 'df'],
  [['df', 'model'], 'df, model'],
  [['a_long_name', 'another_long_name', 'c'], 'a_long_name +2'],
  [['a_name_that_is_longer_than_all_room'], 'a_name_that_is_longer_t…'],
  [['@numpy.random', 'x'], 'x +1']
])('an edge with %s is labelled %s', (variables, label) => {
  expect(edgeLabel(trans, edge('a', 'b', ...variables))).toBe(label);
});

it('says how sure an edge is', () => {
  expect(edgeText(trans, { ...edge('a', 'b', 'x', 'y'), possible: true })).toBe('perhaps x, y');
  expect(edgeText(trans, edge('a', 'b'))).toBe('only the order, as you asked');
});

it('says what a step takes and gives', () => {
  const edges = [edge('a', 'b', 'x', 'y'), edge('b', 'c', 'z'), edge('e', 'b')];
  expect(flowText(trans, 'b', edges)).toBe(
    'b takes x, y from a; only the order from e · gives z to c'
  );
  expect(flowText(trans, 'd', edges)).toBe('d neither takes nor gives anything.');
});

it.each<[string, IGraphState['state'] | undefined, string]>([
  ['before a run', undefined, 'c, after a, b, needs a GPU'],
  ['that waits', 'waiting', 'c, waiting, waits for b, needs a GPU'],
  ['that failed', 'failed', 'c, failed, after a, b, needs a GPU']
])('a step %s has a label', (_, own, text) => {
  const states =
    own &&
    new Map([
      ['a', state('done')],
      ['b', state('running')],
      ['c', state(own)]
    ]);
  expect(nodeText(trans, node('c', { gpu: true }), ['a', 'b'], states)).toBe(text);
});

it('says how long a step took, and where it stands', () => {
  const states = new Map([['t/fit', state('reused', 72)]]);
  expect(nodeText(trans, node('t/fit'), [], states)).toBe(
    't/fit, from cache 1:12, in the notebook t'
  );
});

it('has a sign for what is special about a step', () => {
  const special = node('a', {
    role: 'metrics',
    notebook: 'm/t.ipynb',
    gpu: true,
    retry: 2,
    uncached: true
  });
  expect(signsOf(trans, special).map(({ text, meaning }) => [text, meaning])).toEqual([
    ['metrics', 'gives the metrics'],
    ['↗', 'calls the notebook t.ipynb'],
    ['GPU', 'needs a GPU'],
    ['×3', 'tried 2 times more when it fails'],
    ['', 'never taken from the cache']
  ]);
});
