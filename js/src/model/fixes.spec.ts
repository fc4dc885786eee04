import { expect, it } from 'vitest';

import type { Fix } from '../schema';
import { repairOf } from './fixes';

const notebook = {
  cells: [
    { id: 'a', source: 'x = 1', metadata: { tags: ['step:one'] } },
    { id: 'b', source: 'y = x', metadata: {} }
  ],
  metadata: { kernelspec: { name: 'python3', language: 'python' } }
};

type Edit = Fix['edits'][number];
const tags = (cell: string, before: string[], after: string[]): Edit => ({
  edit: 'tags',
  cell,
  number: 1,
  before,
  tags: after
});
const source = (cell: string, before: string, after: string): Edit => ({
  edit: 'source',
  cell,
  number: 1,
  before,
  source: after
});
const metadata = (key: string, before: unknown, value: unknown): Edit => ({
  edit: 'metadata',
  key,
  before,
  value
});

it.each<[string, Edit[], unknown]>([
  [
    'tags and source',
    [tags('b', [], ['step:two']), source('a', 'x = 1', 'x = 2')],
    {
      cells: [
        { cell: 'b', tags: ['step:two'] },
        { cell: 'a', source: 'x = 2' }
      ],
      metadata: {}
    }
  ],
  ['metadata that are new', [metadata('k', null, 1)], { cells: [], metadata: { k: 1 } }],
  [
    'metadata in another order',
    [metadata('kernelspec', { language: 'python', name: 'python3' }, 1)],
    { cells: [], metadata: { kernelspec: 1 } }
  ],
  ['tags that have changed', [tags('a', ['step:old'], [])], null],
  ['a source that has changed', [source('a', 'x = 0', 'x = 2')], null],
  ['a cell that is gone', [source('c', '', 'x')], null],
  ['one of two', [tags('b', [], ['x']), metadata('k', 2, 3)], null]
])('%s', (_, edits, expected) => {
  expect(repairOf({ title: 'Repair', edits }, notebook)).toEqual(expected);
});
