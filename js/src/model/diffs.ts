// A unified diff as lines of three kinds. It knows no DOM.

/** A line: it came, it went, it stays, or it says where the next ones stand. */
export interface IDiffLine {
  readonly kind: 'added' | 'removed' | 'same' | 'place';
  readonly text: string;
}

/** The lines of a unified diff, without what names the files. */
export function diffLines(lines: readonly string[]): readonly IDiffLine[] {
  const begin = lines.findIndex(each => each.startsWith('@@'));
  return lines
    .slice(Math.max(begin, 0))
    .map(line => line.replace(/\n$/, ''))
    .map(line => {
      switch (line[0]) {
        case '+':
          return { kind: 'added', text: line.slice(1) };
        case '-':
          return { kind: 'removed', text: line.slice(1) };
        case '@':
          return { kind: 'place', text: line };
        default:
          return { kind: 'same', text: line.slice(1) };
      }
    });
}
