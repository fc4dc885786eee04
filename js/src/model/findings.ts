// How much findings matter: their order, and how bad each is in a glyph and a word.

import type { Finding } from '../schema';
import type { ITranslate } from './format';

const WEIGHT: Record<string, number> = { error: 0, warning: 1 };

/** The worst first, and those alike in the order of the notebook. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const weight = (each: Finding) => WEIGHT[each.severity] ?? 2;
  return [...findings].sort(
    (a, b) =>
      weight(a) - weight(b) || (a.number ?? 0) - (b.number ?? 0) || (a.line ?? 0) - (b.line ?? 0)
  );
}

const GLYPHS: Record<string, string> = { error: '✖', warning: '▲' };

export function severityGlyph(severity: string): string {
  return GLYPHS[severity] ?? 'ℹ\uFE0E';
}

export function severityWord(severity: string, trans: ITranslate): string {
  switch (severity) {
    case 'error':
      return trans.__('error');
    case 'warning':
      return trans.__('warning');
    default:
      return trans.__('note');
  }
}
