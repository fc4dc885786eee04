// @vitest-environment jsdom
import { ServerConnection } from '@jupyterlab/services';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Client } from '../client';
import type { Batch, BatchSummary, Row, RunSummary } from '../schema';
import {
  BatchModel,
  columnsOf,
  countsOf,
  entriesOf,
  membersOf,
  plottedOf,
  sharedOf
} from './batches';
import type { ITranslate } from './format';

/** What a translator does where a sentence is not translated. */
const filled = (text: string, values: unknown[]) =>
  text.replace(/%(\d)/g, (_, at: string) => String(values[Number(at) - 1]));
const trans: ITranslate = {
  __: (text, ...values) => filled(text, values),
  _n: (one, many, count, ...values) => filled(count === 1 ? one : many, [count, ...values])
};

function row(member: number, parameters: Row['parameters'], more: Partial<Row> = {}): Row {
  return {
    member,
    parameters,
    metrics: {},
    run: String(10 + member),
    state: 'done',
    started: 1,
    seconds: 2,
    steps: 4,
    shared: 0,
    saved: 0,
    error: '',
    ...more
  };
}

const ROWS = [
  row(1, { depth: 2, kind: 'a' }, { metrics: { auc: 0.5 } }),
  row(2, { depth: 4, kind: 'a' }, { metrics: { auc: 0.7 }, shared: 3, saved: 61 }),
  row(3, { depth: 4 }, { state: 'failed', error: 'fit: KeyError' }),
  row(4, { depth: 8 }, { run: '', state: 'waiting', seconds: null, steps: 0 })
];
const BATCH: Batch = {
  name: 'sweep',
  folder: 'f',
  notebook: 'f/n.ipynb',
  state: 'failed',
  made: 1,
  started: 2,
  members: 4,
  states: { done: 2, failed: 1, waiting: 1 },
  parameters: ['depth', 'kind'],
  metrics: ['auc'],
  rows: ROWS,
  cut: 0
};

it('counts members by their states', () => {
  expect(membersOf(BATCH, trans)).toBe('4 members');
  expect(countsOf(BATCH, trans)).toBe('2 done, 1 failed, 1 waiting');
});

it('tells what sharing has saved', () => {
  expect(sharedOf(BATCH, trans)).toBe('3 of 12 steps shared, 1:01 saved');
  expect(sharedOf({ ...BATCH, rows: [ROWS[0]] }, trans)).toBe('');
});

it('has a column for each parameter and metric, and for errors where there are some', () => {
  const columns = columnsOf(BATCH, trans);
  expect(columns.map(each => each.label)).toEqual([
    'Member', 'depth', 'kind', 'auc', 'State', 'Took', 'Shared steps', 'Error'
  ]); // prettier-ignore
  expect(columns.map(each => each.of(ROWS[1]))).toEqual([2, 4, 'a', 0.7, 'done', 2, 3, undefined]);
  expect(columns.map(each => each.of(ROWS[3])).slice(2)).toEqual([
    undefined, undefined, 'waiting', null, undefined, undefined
  ]); // prettier-ignore
  expect(columnsOf({ ...BATCH, rows: [ROWS[0]] }, trans)).toHaveLength(7);
});

it('draws members by their numbers', () => {
  const { runs, parameters, metrics } = plottedOf(BATCH);
  expect(runs.map(each => each.id)).toEqual(['1', '2', '3', '4']);
  expect(parameters.map(each => [each.name, each.differs])).toEqual([
    ['depth', true],
    ['kind', true]
  ]);
  expect(metrics[0].values).toEqual({ '1': 0.5, '2': 0.7 });
  expect(plottedOf({ ...BATCH, rows: [ROWS[0]] }).parameters.some(each => each.differs)).toBe(
    false
  );
});

it('lists the runs of a batch together, where the newest of them stands', () => {
  const run = (id: string, batch: string) => ({ id, batch }) as RunSummary;
  const runs = [run('6', ''), run('5', 'b'), run('4', 'a'), run('3', 'b'), run('2', 'gone')];
  const batches = [{ name: 'b' }, { name: 'a' }, { name: 'empty' }] as BatchSummary[];
  expect(
    entriesOf(runs, batches).map(each => [each.batch?.name, each.runs.map(found => found.id)])
  ).toEqual([
    [undefined, ['6']],
    ['b', ['5', '3']],
    ['a', ['4']],
    [undefined, ['2']]
  ]);
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('is read as long as somebody looks', async () => {
  const asked: string[] = [];
  const fetch = (request: Request) => {
    const { searchParams } = new URL(request.url);
    asked.push(`${searchParams.get('folder')} ${searchParams.get('batch')}`);
    return Promise.resolve(new Response(JSON.stringify(BATCH)));
  };
  const settings = { baseUrl: 'http://localhost/', fetch, Request, Headers };
  const client = new Client(
    ServerConnection.makeSettings(settings as Partial<ServerConnection.ISettings>)
  );
  const model = new BatchModel(client, 'f', 'a b');
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked, model.found]).toEqual([[], null]);

  const watching = model.watch();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(model.found?.members).toBe(4);
  const often = asked.length;
  expect(often).toBeGreaterThan(5);

  watching.dispose();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toEqual(Array(often).fill('f a b'));
  model.dispose();
});
