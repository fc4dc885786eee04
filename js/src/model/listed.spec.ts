import { expect, it } from 'vitest';

import type { Parameter, RunSummary } from '../schema';
import { ANY, enginesOf, filtered, given, metricsOf, type IFilter } from './listed';

const location = { cell: 'c', number: 1, line: 1, column: 0 };
const parameter = (name: string, value: unknown): Parameter => ({
  name,
  type: '',
  default: value,
  location,
  annotation: '',
  computed: false
});
const PARAMETERS = [parameter('depth', 4), parameter('sizes', [1])];

function run(id: string, engine: string, state: string, parameters = {}, metrics = {}): RunSummary {
  return {
    id,
    folder: '',
    notebook: 'a.ipynb',
    engine: engine === 'local' ? 'local' : 'kfp',
    profile: engine === 'local' ? '' : engine,
    state,
    started: 0,
    seconds: null,
    parameters,
    metrics,
    batch: ''
  };
}

const RUNS = [
  run('3', 'local', 'running'),
  run('2', 'prod', 'done', { depth: 8, sizes: [1] }, { auc: 0.912345678 }),
  run('1', 'local', 'failed', { depth: 4, name: 'a b' })
];

it('tells what is not the default, and figures in short', () => {
  expect(RUNS.map(each => given(each, PARAMETERS))).toEqual([[], ['depth=8'], ['name=a b']]);
  expect(metricsOf(RUNS[1])).toEqual(['auc 0.912346']);
  expect(enginesOf(RUNS)).toEqual(['local', 'prod']);
});

it.each<[Partial<IFilter>, string[]]>([
  [{}, ['3', '2', '1']],
  [{ state: 'failed' }, ['1']],
  [{ engine: 'prod' }, ['2']],
  [{ text: 'DEPTH=8' }, ['2']],
  [{ text: 'auc prod' }, ['2']],
  [{ text: 'local', state: 'done' }, []]
])('%j', (filter, ids) => {
  expect(filtered(RUNS, { ...ANY, ...filter }, PARAMETERS).map(each => each.id)).toEqual(ids);
});
