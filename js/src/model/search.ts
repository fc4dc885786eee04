// Where a text stands in lines. It knows no DOM.

import { textOf, type ILine, type IPart } from './terminal';

/** A place: `line` counts from 0, `start` and `end` are columns of it. */
export interface IMatch {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** So many are found at most; the first ones. */
export const MOST_MATCHES = 10_000;

/** All places of a text, in order; upper and lower case are one where the text has no upper case. */
export function matches(lines: readonly ILine[], text: string): readonly IMatch[] {
  const found: IMatch[] = [];
  if (text === '') {
    return found;
  }
  const loose = text === text.toLowerCase();
  for (let line = 0; line < lines.length; line++) {
    const whole = loose ? lower(textOf(lines[line])) : textOf(lines[line]);
    for (let at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + text.length)) {
      if (found.length === MOST_MATCHES) {
        return found;
      }
      found.push({ line, start: at, end: at + text.length });
    }
  }
  return found;
}

/** Lower case of the same length: a few letters become two. */
function lower(text: string): string {
  const found = text.toLowerCase();
  return found.length === text.length ? found : text.replace(/[A-Z]/g, each => each.toLowerCase());
}

/** The index of the first match at a line or behind it; the number of matches where there is none. */
export function firstFrom(found: readonly IMatch[], line: number): number {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (found[middle].line < line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** A part of a line; `match` is the one that it belongs to, or null. */
interface IMarked extends IPart {
  readonly match: IMatch | null;
}

/** The parts of a line, cut where the matches in it, which are in order, begin and end. */
export function marked(parts: readonly IPart[], found: readonly IMatch[]): readonly IMarked[] {
  const made: IMarked[] = [];
  let at = 0;
  let next = 0;
  for (const { text, ink } of parts) {
    let from = 0;
    while (from < text.length) {
      while (next < found.length && found[next].end <= at + from) {
        next += 1;
      }
      const match = found[next];
      const inside = match !== undefined && match.start <= at + from;
      const end = match === undefined ? Infinity : inside ? match.end : match.start;
      const to = Math.min(text.length, end - at);
      made.push({ text: text.slice(from, to), ink, match: inside ? match : null });
      from = to;
    }
    at += text.length;
  }
  return made;
}
