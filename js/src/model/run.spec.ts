import { ServerConnection } from '@jupyterlab/services';
import { afterEach, expect, it, vi } from 'vitest';

import { Client } from '../client';
import type { RunSummary } from '../schema';
import { RunsModel } from './runs';

const REF = { id: '1', folder: 'f' };

function summary(started: number, state = 'done', profile = ''): RunSummary {
  return { ...REF, started, state, profile } as RunSummary;
}

/** Runs as a server tells them that has one run, which began at `server.started`. */
function world() {
  const server = { started: 100, asked: 0 };
  const fetch = () => {
    server.asked += 1;
    const run = {
      ...summary(server.started),
      steps: [{ name: `at ${server.started}`, state: 'done' }]
    };
    return Promise.resolve(new Response(JSON.stringify(run)));
  };
  const client = new Client(ServerConnection.makeSettings({ fetch }));
  return { server, runs: new RunsModel(client) };
}

afterEach(() => {
  vi.useRealTimers();
});

it('shows another run that has got the number of one that was deleted', async () => {
  vi.useFakeTimers();
  const { server, runs } = world();
  const run = runs.open(REF);
  run.watch();
  await vi.advanceTimersByTimeAsync(1000);
  expect(run.steps.map(each => each.name)).toEqual(['at 100']);
  const asked = server.asked;

  runs.meet([summary(100)]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.asked).toBe(asked);

  server.started = 200;
  runs.meet([summary(200, 'running')]);
  expect(run.steps).toEqual([]);
  expect(run.goesOn).toBe(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(run.steps.map(each => each.name)).toEqual(['at 200']);
  expect(runs.open(REF)).toBe(run);
});

it('lets runs elsewhere begin when their engine says so', async () => {
  const { runs } = world();
  const run = runs.open(REF);
  await run.refresh();
  runs.meet([summary(200, 'running', 'cluster')]);
  expect(run.steps).toHaveLength(1);
});
