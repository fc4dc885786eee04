import { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { describe, expect, it } from 'vitest';

import { Client } from '../client';
import type { Analysis } from '../schema';
import { NotebooksModel } from './notebooks';
import { RunsModel } from './runs';
import type { Change, INotebookSource } from './source';

/** As an editor holds a notebook whose file keeps no ids: it gives cells ids of its own. */
class Source implements INotebookSource {
  constructor(readonly path: string) {}
  readonly ready = Promise.resolve();
  readonly changed = new Signal<this, void>(this);
  readonly disposed = new Signal<this, void>(this);
  readonly activeChanged = new Signal<this, void>(this);
  readonly active = null;
  readonly dirty = false;
  applied: readonly Change[] = [];
  read = () => ({ cells: [{ id: 'live', source: 'x = 1', metadata: {} }], metadata: {} });
  tags = (cell: string) => (cell === 'live' ? [] : null);
  text = () => 'x = 1';
  apply = (changes: readonly Change[]) => void (this.applied = changes);
  save = () => Promise.resolve();
}

const ANALYSIS = {
  cells: [{ id: 'live', derived: 'c1-0123abcd', number: 1, step: 'one', tags: [] }],
  steps: [{ name: 'one', cells: ['live'] }],
  parameters: [],
  findings: [],
  runs: [],
  notes: []
} as unknown as Analysis;

function notebooks(): NotebooksModel {
  const answer = () => Promise.resolve(new Response(JSON.stringify(ANALYSIS)));
  const client = new Client(ServerConnection.makeSettings({ fetch: answer }));
  return new NotebooksModel(client, new RunsModel(client));
}

it('prefers the view in front where a notebook has several', () => {
  const all = notebooks();
  const [first, second] = [new Source('a.ipynb'), new Source('a.ipynb')].map(each => {
    const model = all.open(each);
    return { each, model };
  });
  expect(all.at('a.ipynb')).toBe(first.model);
  all.bring(second.each);
  expect(all.at('a.ipynb')).toBe(second.model);
  all.bring(new Source('b.ipynb'));
  expect(all.at('a.ipynb')).toBe(first.model);
});

describe('cells of a file that keeps no ids', () => {
  it.each([
    ['live', 'live'],
    ['c1-0123abcd', 'live'],
    ['one/inner', 'live'],
    ['c2-0123abcd', null],
    ['two/inner', null]
  ])('%s is %s', async (cell, expected) => {
    const model = notebooks().open(new Source('a.ipynb'));
    await model.refresh();
    expect(model.idOf(cell)).toBe(expected);
  });

  it('are repaired', async () => {
    const source = new Source('a.ipynb');
    const model = notebooks().open(source);
    await model.refresh();
    const edit = {
      edit: 'tags',
      cell: 'c1-0123abcd',
      number: 1,
      before: [],
      tags: ['skip']
    } as const;
    expect(
      model.repair({ title: '', edits: [{ ...edit, tags: [...edit.tags], before: [] }] })
    ).toBe(true);
    expect(source.applied).toEqual([{ cell: 'live', tags: ['skip'] }]);
  });
});
