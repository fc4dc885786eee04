// The `%%step` line of a cell, which says what tags say. What it means, the server knows.

/** The `%%step` line that a cell's text begins with, or "". */
export function stepLine(source: string): string {
  const line = source.split('\n')[first(source)] ?? '';
  return /^[ \t]*%%step(?=\s|$)/.test(line) ? line.trim() : '';
}

/** The text with another `%%step` line; without one where that is "". */
export function withStepLine(source: string, line: string): string {
  const lines = source.split('\n');
  lines.splice(first(source), 1, ...(line === '' ? [] : [line]));
  return lines.join('\n');
}

/** The place of the first line that is not blank. */
function first(source: string): number {
  return source.split('\n').findIndex(line => line.trim() !== '');
}
