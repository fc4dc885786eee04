import { describe, expect, it } from 'vitest';

import { changesOf, type Edit } from './edits';

const NOTEBOOK = {
  cells: [
    { id: 'a', source: 'x = 1', metadata: { tags: ['step:one', 'other'] } },
    { id: 'b', source: ['y = 2\n', 'z = 3'], metadata: {} }
  ],
  metadata: { kubeflow_notebook: { name: 'n', volumes: [] } }
};
const RENAME: Edit = {
  edit: 'tags',
  cell: 'a',
  number: 1,
  before: ['step:one', 'other'],
  tags: ['step:two', 'other']
};

describe('changesOf', () => {
  it.each<[string, Edit[], unknown]>([
    ['tags', [RENAME], [{ cell: 'a', tags: ['step:two', 'other'] }]],
    [
      'tags of a cell without any',
      [{ ...RENAME, cell: 'b', before: [] }],
      [{ cell: 'b', tags: ['step:two', 'other'] }]
    ],
    [
      'source in lines',
      [{ edit: 'source', cell: 'b', number: 2, before: 'y = 2\nz = 3', source: '' }],
      [{ cell: 'b', source: '' }]
    ],
    [
      'metadata in another order',
      [
        {
          edit: 'metadata',
          key: 'kubeflow_notebook',
          before: { volumes: [], name: 'n' },
          value: {}
        }
      ],
      [{ key: 'kubeflow_notebook', value: {} }]
    ],
    ['other tags meanwhile', [{ ...RENAME, before: ['step:one'] }], null],
    ['a cell that is gone', [{ ...RENAME, cell: 'c', before: [] }], null],
    [
      'one of two does not fit',
      [RENAME, { edit: 'source', cell: 'a', number: 1, before: '', source: 'x' }],
      null
    ]
  ])('%s', (_, edits, expected) => {
    expect(changesOf(edits, NOTEBOOK)).toEqual(expected);
  });
});
