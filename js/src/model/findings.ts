// Findings in the order in which they matter.

import type { Finding } from '../schema';

const WEIGHT: Record<string, number> = { error: 0, warning: 1 };

/** The worst first, and those alike in the order of the notebook. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const weight = (each: Finding) => WEIGHT[each.severity] ?? 2;
  return [...findings].sort(
    (a, b) =>
      weight(a) - weight(b) || (a.number ?? 0) - (b.number ?? 0) || (a.line ?? 0) - (b.line ?? 0)
  );
}
