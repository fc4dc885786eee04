import { describe, expect, it } from 'vitest';

import type { Finding } from '../../schema';
import { isRepairable, marksOf, sentences } from './marks';

const TRANS = { __: (text: string) => text, _n: (one: string) => one };

function finding(line: number | null, severity = 'warning', column: number | null = 0): Finding {
  const about = { code: 'NB201', name: 'unbound', message: `at ${line}`, hint: '' };
  return { ...about, severity, cell: 'c', number: 1, line, column, fixes: [] };
}

describe('marksOf', () => {
  it.each<[string, Finding[], unknown]>([
    ['nothing', [], []],
    [
      'lines in their order',
      [finding(3), finding(1)],
      [
        [1, 0, 'warning', 1],
        [3, 0, 'warning', 1]
      ]
    ],
    ['the worst of a line', [finding(2, 'info', 4), finding(2, 'error', 6)], [[2, 4, 'error', 2]]],
    ['the whole cell', [finding(null, 'error', null)], [[1, null, 'error', 1]]],
    ['the whole cell as line 0', [finding(0, 'error')], [[1, null, 'error', 1]]],
    [
      'the whole cell and its first line',
      [finding(null, 'info', null), finding(1, 'warning', 2)],
      [[1, 2, 'warning', 2]]
    ]
  ])('%s', (_, findings, expected) => {
    const found = marksOf(findings);
    expect(found.map(m => [m.line, m.column, m.severity, m.findings.length])).toEqual(expected);
  });

  it('says all of a line', () => {
    const [mark] = marksOf([finding(1, 'info'), finding(1, 'error')]);
    expect(sentences(mark, TRANS)).toBe('error NB201: at 1\nnote NB201: at 1');
    expect(isRepairable(mark)).toBe(false);
  });
});
