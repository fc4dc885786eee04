import { beforeEach, describe, expect, it } from 'vitest';

import { ProposalModel } from './proposal';

const cells = ['import a', 'x = 1', '# twice\ny = 2', 'z = 3', 'print(z)'].map((source, index) => ({
  id: `c${index + 1}`,
  source,
  metadata: index === 2 ? { tags: ['mine'] } : {}
}));
const tags = ['imports', 'step:load', 'step:load', 'step:train', 'step:show'];
const proposal = {
  cells: tags.map((tag, index) => ({ cell: `c${index + 1}`, number: index + 1, tags: [tag] }))
};

describe('ProposalModel', () => {
  let model: ProposalModel;
  const shown = () =>
    model.groups.map(
      each => `${each.name ?? 'imports'}: ${each.cells.map(cell => cell.id).join(' ')}`
    );
  const key = (name: string | null) => model.groups.find(each => each.name === name)!.key;

  beforeEach(() => {
    model = new ProposalModel(proposal, { cells });
  });

  it('groups neighbours of the same tag', () => {
    expect(shown()).toEqual(['imports: c1', 'load: c2 c3', 'train: c4', 'show: c5']);
    expect(model.groups[1].cells[1].text).toBe('y = 2');
  });

  it.each<[string, () => void, string[]]>([
    [
      'renames',
      () => model.rename(key('load'), 'read'),
      ['imports: c1', 'read: c2 c3', 'train: c4', 'show: c5']
    ],
    [
      'moves back',
      () => model.moveBack(key('train')),
      ['imports: c1', 'load: c2 c3 c4', 'show: c5']
    ],
    [
      'moves on',
      () => model.moveOn(key('load')),
      ['imports: c1', 'load: c2', 'train: c3 c4', 'show: c5']
    ],
    [
      'moves imports on',
      () => model.moveOn(key(null)),
      ['load: c1 c2 c3', 'train: c4', 'show: c5']
    ],
    [
      'not into the imports',
      () => model.moveBack(key('load')),
      ['imports: c1', 'load: c2 c3', 'train: c4', 'show: c5']
    ],
    [
      'not beyond the end',
      () => model.moveOn(key('show')),
      ['imports: c1', 'load: c2 c3', 'train: c4', 'show: c5']
    ],
    ['joins', () => model.join(key('train')), ['imports: c1', 'load: c2 c3 c4', 'show: c5']],
    [
      'splits',
      () => model.split(key('load'), 'c3'),
      ['imports: c1', 'load: c2', 'load-2: c3', 'train: c4', 'show: c5']
    ]
  ])('%s', (_, act, expected) => {
    act();
    expect(shown()).toEqual(expected);
  });

  it('keeps the tags that cells have', () => {
    model.rename(key('load'), ' read ');
    expect(model.changes.slice(0, 3)).toEqual([
      { cell: 'c1', tags: ['imports'] },
      { cell: 'c2', tags: ['step:read'] },
      { cell: 'c3', tags: ['mine', 'step:read'] }
    ]);
  });

  it('tells names that are missing, and those that are there twice', () => {
    expect([model.complete, model.shared.size]).toEqual([true, 0]);
    model.rename(key('train'), 'load');
    expect([...model.shared]).toEqual(['load']);
    model.rename(model.groups[2].key, ' ');
    expect(model.complete).toBe(false);
  });
});
