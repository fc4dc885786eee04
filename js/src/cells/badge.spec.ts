import { describe, expect, it } from 'vitest';

import type { Analysis, Cell } from '../schema';
import { badges, type IBadge, type ILiveCell } from './badge';

/** Cells as `role step tags`: "step load step:load", "step load" (by its place), "imports - imports". */
function analysed(...texts: string[]): Analysis {
  const cells = texts.map((text, index): Cell => {
    const [role, step, ...tags] = text.split(' ');
    return {
      id: `c${index + 1}`,
      number: index + 1,
      role: role as Cell['role'],
      own: tags.some(tag => !tag.startsWith('other')),
      step: step === '-' ? null : step,
      demoted: '',
      derived: '',
      tags,
      line: ''
    };
  });
  const names = [...new Set(cells.flatMap(cell => cell.step ?? []))];
  return {
    cells,
    steps: names.map(name => ({ name })),
    tagged: cells.some(cell => cell.own && cell.role === 'step')
  } as unknown as Analysis;
}

/** Cells as `id tags`; an id that begins with "m" is text. */
function live(...texts: string[]): ILiveCell[] {
  return texts.map(text => {
    const [id, ...tags] = text.split(' ');
    return { id, code: !id.startsWith('m'), tags };
  });
}

/** The badges as texts: "load" with its name, "·load" without, "(load)" by its place, "" for none. */
function shown(found: readonly (IBadge | null)[]): string[] {
  return found.map(badge => {
    if (badge === null) {
      return '';
    }
    const name = badge.step || badge.role;
    const text = badge.own ? name : `(${name})`;
    return badge.named ? text : `·${text}`;
  });
}

const STEPS = analysed('imports - imports', 'step a step:a', 'step a', 'step b step:b');
const ALL = ['c1 imports', 'c2 step:a', 'c3', 'c4 step:b'];

describe('badges', () => {
  it.each([
    ['as analysed', ALL, ['imports', 'a', '·(a)', 'b']],
    [
      'text between',
      ['m', 'c1 imports', 'c2 step:a', 'm', 'c3', 'c4 step:b'],
      ['', 'imports', 'a', '', '·(a)', 'b']
    ],
    ['a name changed', ['c1 imports', 'c2 step:z', 'c3', 'c4 step:b'], ['imports', '', '', 'b']],
    [
      'a new cell',
      ['c1 imports', 'c2 step:a', 'new', 'c3', 'c4 step:b'],
      ['imports', 'a', '', '(a)', 'b']
    ],
    ['deleted', ['c1 imports', 'c3', 'c4 step:b'], ['imports', '', 'b']],
    ['moved', ['c1 imports', 'c2 step:a', 'c4 step:b', 'c3'], ['imports', 'a', 'b', '']],
    ['turned to text', ['c1 imports', 'm2 step:a', 'c3', 'c4 step:b'], ['imports', '', '', 'b']],
    [
      'tags of others',
      ['c1 imports', 'c2 step:a', 'c3 other', 'c4 step:b'],
      ['imports', 'a', '', 'b']
    ],
    ['nothing', [], []]
  ])('%s', (_, cells, expected) => {
    expect(shown(badges(live(...cells), STEPS, { proposed: false }))).toEqual(expected);
  });

  it('waits for the analysis', () => {
    expect(badges(live(...ALL), null, { proposed: true })).toEqual([null, null, null, null]);
  });

  it('shows a proposal only where it is asked for, but roles that tags give', () => {
    const untagged = analysed('imports -', 'parameters - parameters', 'step one');
    const cells = live('c1', 'c2 parameters', 'c3');
    expect(shown(badges(cells, untagged, { proposed: false }))).toEqual(['', 'parameters', '']);
    const all = badges(cells, untagged, { proposed: true });
    expect(shown(all)).toEqual(['(imports)', 'parameters', '(one)']);
  });

  it('names a step again where another stands between', () => {
    const twice = analysed('step a step:a', 'step b step:b', 'step a step:a', 'step a step:a');
    const found = badges(live('c1 step:a', 'c2 step:b', 'c3 step:a', 'c4 step:a'), twice, {
      proposed: false
    });
    expect(shown(found)).toEqual(['a', 'b', 'a', '·a']);
    expect(found[0]?.hue).toBe(found[2]?.hue);
    expect(found[0]?.hue).not.toBe(found[1]?.hue);
  });

  it('does not say where a cell of the prelude runs once before that is certain', () => {
    const moved = analysed('step a step:a', 'imports a imports');
    const demoted = {
      ...moved,
      cells: [moved.cells[0], { ...moved.cells[1], demoted: 'reads x' }]
    };
    const found = badges(live('c1 step:a', 'c2 imports'), demoted, { proposed: false });
    expect(found[1]).toMatchObject({ role: 'imports', step: 'a', named: true, demoted: 'reads x' });
    expect(badges(live('c2 imports'), demoted, { proposed: false })).toEqual([null]);
  });
});
