import { Signal } from '@lumino/signaling';
import { describe, expect, it } from 'vitest';

import type { Client } from '../client';
import type { CellTags, TagOrder } from '../schema';
import type { Change, INotebookSource } from './source';
import { TagsModel } from './tags';

/** A notebook of one cell, and a server that answers to each order. */
function model(tags: string[], text: string, answer: Pick<CellTags, 'tags' | 'line'>) {
  const orders: TagOrder[] = [];
  const applied: Change[] = [];
  const client = {
    tags: (order: TagOrder) => {
      orders.push(order);
      return Promise.resolve({ ...answer, marks: {}, problems: [] } as unknown as CellTags);
    }
  } as unknown as Client;
  const source = {
    changed: new Signal({}),
    tags: (cell: string) => (cell === 'a' ? tags : null),
    text: () => text,
    apply: (changes: readonly Change[]) => void applied.push(...changes)
  } as unknown as INotebookSource;
  return { model: new TagsModel(client), source, orders, applied };
}

describe('what a cell says of its step', () => {
  it.each([
    ['tags', ['step:b'], '', { tags: ['step:b'] }],
    ['its line', ['x'], '%%step b', { source: '\n%%step b\nx = 1' }],
    ['no line', ['x', 'skip'], '', { tags: ['x', 'skip'], source: '\nx = 1' }]
  ])('is changed in %s', async (_, tags, line, change) => {
    const text = line === '' && tags.length === 1 ? 'x = 1' : '\n%%step a\nx = 1';
    const found = model(['x'], text, { tags, line });
    await found.model.change(found.source, 'a', { step: 'b' });
    const said = text === 'x = 1' ? '' : '%%step a';
    expect(found.orders).toEqual([{ tags: ['x'], line: said, change: { step: 'b' } }]);
    expect(found.applied).toEqual([{ cell: 'a', ...change }]);
  });

  it('is left alone where it says so already', async () => {
    const found = model(['x'], '%%step a', { tags: ['x'], line: '%%step a' });
    await found.model.change(found.source, 'a', { step: 'a' });
    expect(found.applied).toEqual([]);
  });

  it('is not changed where the cell is gone', async () => {
    const found = model([], '', { tags: [], line: '' });
    await expect(found.model.change(found.source, 'b', {})).rejects.toThrow('The cell is gone.');
  });
});
