import { expect, it, vi } from 'vitest';

import type { Client } from '../client';
import { RequestError } from '../request';
import type { Events, Log, Run } from '../schema';
import { LogModel } from './log';
import { RunModel } from './run';
import { textOf } from './terminal';

const REF = { id: '1', folder: '' };

/** A run with one step, as a server tells of it. */
function served(
  state: string,
  log: () => Promise<Partial<Log>>,
  { profile = '', events = [] as Events['events'] } = {}
) {
  const never = new Promise<never>(() => undefined);
  const step = { name: 'train', state, started: 1, seconds: null, message: '', reused: '' };
  const client = {
    run: () => Promise.resolve({ state, profile, steps: [step] } as unknown as Run),
    events: (_: unknown, since: number) =>
      since > 0 ? never : Promise.resolve({ events, cursor: 1, state, live: profile === '' }),
    log: vi.fn(log)
  };
  const run = new RunModel(client as unknown as Client, REF);
  return { run, client, model: new LogModel(run, 'train') };
}

function piece(text: string) {
  return { cell: 'c', stream: 'stdout', text };
}

const shown = (model: LogModel) => model.terminal.lines.map(textOf);

it('asks once for the log of a run that has ended', async () => {
  const { run, client, model } = served('done', () =>
    Promise.resolve({ pieces: [piece('a\n'), piece('b\n')], cut: 7 })
  );
  expect(model.loading).toBe(true);
  model.watch();
  run.watch();
  await vi.waitFor(() => expect(shown(model)).toEqual(['a', 'b']));
  expect([model.loading, model.cut, model.problem]).toEqual([false, true, null]);
  await run.refresh();
  expect(client.log).toHaveBeenCalledOnce();
});

it('takes what events tell of a run that goes on', async () => {
  const events = ['x\n', 'y\n'].map(text => ({ event: 'step-log', step: 'train', ...piece(text) }));
  const { run, client, model } = served('running', () => Promise.reject(new Error('asked')), {
    events: events as Events['events']
  });
  const watching = model.watch();
  run.watch();
  await vi.waitFor(() => expect(shown(model)).toEqual(['x', 'y']));
  watching.dispose();
  model.watch();
  expect(shown(model)).toEqual(['x', 'y']);
  expect(client.log).not.toHaveBeenCalled();
});

it('asks for the log of a run elsewhere while it goes on', async () => {
  const { run, model } = served(
    'running',
    () => Promise.resolve({ pieces: [piece('z')], cut: 0 }),
    {
      profile: 'cluster'
    }
  );
  model.watch();
  run.watch();
  await vi.waitFor(() => expect(shown(model)).toEqual(['z']));
  model.dispose();
});

it('says why there is no log, and tries again', async () => {
  let answer = () => Promise.reject<Partial<Log>>(new RequestError('The cluster is away.', 409));
  const { run, model } = served('done', () => answer());
  model.watch();
  run.watch();
  await vi.waitFor(() => expect(model.problem?.message).toBe('The cluster is away.'));
  expect(model.loading).toBe(false);
  answer = () => Promise.resolve({ pieces: [piece('here')], cut: 0 });
  model.retry();
  await vi.waitFor(() => expect(shown(model)).toEqual(['here']));
  expect(model.problem).toBeNull();
});
