import { expect, it } from 'vitest';

import type { Client } from '../client';
import type { Engine } from '../schema';
import { EnginesModel } from './engines';
import { RunsModel } from './runs';

const engine = (name: string, isDefault = false): Engine => ({
  name,
  kind: name === 'local' ? 'local' : 'kfp',
  where: '',
  namespace: '',
  default: isDefault,
  problem: ''
});

it.each<[string, string, Engine[] | null, string]>([
  ['before the first answer', '', null, 'local'],
  ['before the first answer, another is preferred', 'team', null, 'local'],
  ['the default of the server', '', [engine('local'), engine('team', true)], 'team'],
  ['the one that is preferred', 'local', [engine('local'), engine('team', true)], 'local'],
  ['a preferred one that is gone', 'old', [engine('local', true), engine('team')], 'local']
])('runs go to %s', async (_, preferred, engines, expected) => {
  const client = { engines: () => Promise.resolve({ engines }) } as unknown as Client;
  const model = new EnginesModel(client);
  model.preferred = preferred;
  if (engines !== null) {
    await model.refresh();
  }
  expect(model.fallback).toBe(expected);
});

it('keeps few requests waiting at the server, however many runs are followed', async () => {
  const waits = new Map<string, number>();
  const forever = new Promise(() => undefined);
  const client = {
    run: ({ id }: { id: string }) => Promise.resolve({ id, state: 'running', steps: [] }),
    events: ({ id }: { id: string }, _: number, wait: number) => {
      waits.set(id, wait);
      return forever;
    }
  } as unknown as Client;
  const runs = new RunsModel(client);
  const watching = ['1', '2', '3', '4'].map(id => runs.open({ id, folder: '' }).watch());
  await expect.poll(() => waits.size).toBe(4);
  expect([...waits.values()].filter(each => each > 0).length).toBe(2);
  watching.forEach(each => each.dispose());
});
