// Findings as marks at the lines of a cell.

import { severityWord, worstFirst } from '../../model/findings';
import type { ITranslate } from '../../model/format';
import type { Finding } from '../../schema';

/** The findings of one line, which counts from 1. Those that are about the whole cell stand at its first line. */
export interface IMark {
  readonly line: number;
  /** From which column on the line is meant; null where no line is. */
  readonly column: number | null;
  readonly severity: string;
  readonly findings: readonly Finding[];
}

/** The marks of a cell, in the order of its lines. */
export function marksOf(findings: readonly Finding[]): readonly IMark[] {
  const lines = new Map<number, Finding[]>();
  for (const finding of worstFirst(findings)) {
    const line = finding.line || 1;
    lines.set(line, [...(lines.get(line) ?? []), finding]);
  }
  return [...lines.entries()]
    .sort(([a], [b]) => a - b)
    .map(([line, found]) => {
      const columns = found.filter(each => each.line).map(each => each.column ?? 0);
      return {
        line,
        column: columns.length > 0 ? Math.min(...columns) : null,
        severity: found[0].severity,
        findings: found
      };
    });
}

/** The marks of a line in one sentence each, for a tooltip and a screen reader. */
export function sentences(mark: IMark, trans: ITranslate): string {
  return mark.findings
    .map(({ severity, code, message }) => `${severityWord(severity, trans)} ${code}: ${message}`)
    .join('\n');
}

export function isRepairable(mark: IMark): boolean {
  return mark.findings.some(finding => finding.fixes.length > 0);
}
