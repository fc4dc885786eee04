// The `%%step` line of a cell, which says what tags say. What it means, the server knows.

/** The first line that is not blank, where it is such a line: most cells are known by their first characters. */
const LINE = /^(?:\s*\n)?[ \t]*(%%step(?=\s|$)[^\n]*)/;

/** The `%%step` line that a cell's text begins with, or "". */
export function stepLine(source: string): string {
  return LINE.exec(source)?.[1].trim() ?? '';
}

/** The text with another `%%step` line; without one where that is "". */
export function withStepLine(source: string, line: string): string {
  const lines = source.split('\n');
  const first = lines.findIndex(each => each.trim() !== '');
  lines.splice(first, 1, ...(line === '' ? [] : [line]));
  return lines.join('\n');
}
