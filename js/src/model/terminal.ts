// What a step has written, as a terminal shows it: lines with colours, in which a carriage return writes over
// what is there (bars of progress), and in which the cursor can go up (several of them). It knows no DOM.

import { Pen, type IInk } from './ink';

/** A text that looks alike. */
export interface IPart {
  readonly text: string;
  readonly ink: IInk;
}

/** A line. `first` says that it is the first one that `cell` has written after another cell. */
export interface ILine {
  readonly parts: readonly IPart[];
  readonly length: number;
  readonly cell: string;
  readonly stream: string;
  readonly first: boolean;
}

/** Lines are kept in blocks of so many: what is shown is made anew by the block. */
export const BLOCK = 100;
/** A longer line is broken, so that none is too wide to be drawn. */
const LONGEST = 4096;
/** Where more is kept, the oldest blocks are dropped. */
const MOST = 3 << 19;
/** So much of an escape sequence is waited for; a longer one is none. */
const LONGEST_ESCAPE = 4096;

/** The text up to the next control, a sequence of escapes, or one control. */
const TOKEN = new RegExp(
  [
    '[^\\x00-\\x1f\\x7f\\x9b]+',
    '(?:\\x1b\\[|\\x9b)([0-?]*)[ -/]*([@-~])', // numbers and a letter
    '\\x1b[\\]PX^_][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)', // titles and links: a text up to its end
    '\\x1b[ -/]*[0-Z\\\\`-~]',
    '[\\x00-\\x1a\\x1c-\\x1f\\x7f]'
  ].join('|'),
  'y'
);

class Line implements ILine {
  parts: IPart[] = [];
  length = 0;
  stream = '';

  constructor(
    readonly cell: string,
    public first: boolean
  ) {}

  /** Write over what stands at a column, and behind it. */
  write(column: number, text: string, ink: IInk): void {
    if (column > this.length) {
      this._append(' '.repeat(column - this.length), ink);
    }
    if (column >= this.length) {
      this._append(text, ink);
      return;
    }
    const after = this._slice(column + text.length, this.length);
    this.keep(column);
    this._append(text, ink);
    after.forEach(part => this._append(part.text, part.ink));
  }

  /** Drop what is behind a column. */
  keep(column: number): void {
    this.parts = this._slice(0, column);
    this.length = Math.min(this.length, column);
  }

  private _slice(from: number, to: number): IPart[] {
    const found: IPart[] = [];
    let at = 0;
    for (const { text, ink } of this.parts) {
      const cut = text.slice(Math.max(from - at, 0), Math.max(to - at, 0));
      if (cut) {
        found.push({ text: cut, ink });
      }
      at += text.length;
    }
    return found;
  }

  private _append(text: string, ink: IInk): void {
    const last = this.parts[this.parts.length - 1];
    if (last?.ink === ink) {
      this.parts[this.parts.length - 1] = { text: last.text + text, ink };
    } else if (text) {
      this.parts.push({ text, ink });
    }
    this.length += text.length;
  }
}

export function textOf(line: ILine): string {
  return line.parts.length === 1 ? line.parts[0].text : line.parts.map(each => each.text).join('');
}

export class Terminal {
  /** The lines that there are; an empty one at the end, where the cursor waits, does not count. */
  get lines(): readonly ILine[] {
    const last = this._lines[this._lines.length - 1];
    return last && last.length === 0 ? this._lines.slice(0, -1) : this._lines;
  }

  /** How many lines were dropped at the beginning. */
  get dropped(): number {
    return this._dropped;
  }

  /** Changes whenever a line of the block does; blocks are counted from the first line ever. */
  version(block: number): number {
    return this._versions.get(block) ?? 0;
  }

  /** Add what a cell has written to a stream. */
  write(text: string, cell = '', stream = 'stdout'): void {
    this._begin(cell);
    this._stream = stream;
    const whole = this._held + text;
    this._held = '';
    TOKEN.lastIndex = 0;
    let at = 0;
    while (at < whole.length) {
      TOKEN.lastIndex = at;
      const found = TOKEN.exec(whole);
      if (found === null) {
        if (whole.length - at < LONGEST_ESCAPE) {
          this._held = whole.slice(at);
          break;
        }
        at += 1;
        continue;
      }
      at = TOKEN.lastIndex;
      this._token(found);
    }
    this._trim();
  }

  private _begin(cell: string): void {
    const last = this._lines[this._lines.length - 1];
    if (last?.cell === cell) {
      return;
    }
    if (last && last.length === 0) {
      this._lines.pop();
    }
    this._pen.reset();
    this._held = '';
    this._top = this._dropped + this._lines.length;
    this._lines.push(new Line(cell, true));
    this._row = this._top;
    this._column = 0;
    this._touch();
  }

  private _token([token, numbers, letter]: RegExpExecArray): void {
    const code = token.charCodeAt(0);
    if (letter !== undefined) {
      this._sequence(numbers, letter);
    } else if (code >= 0x20 && code !== 0x7f) {
      this._put(token);
    } else if (token === '\n') {
      this._down();
      this._column = 0;
    } else if (token === '\r') {
      this._column = 0;
    } else if (token === '\b') {
      this._column = Math.max(this._column - 1, 0);
    } else if (token === '\t') {
      this._put(' '.repeat(8 - (this._column % 8)));
    }
  }

  private _sequence(numbers: string, letter: string): void {
    const by = Math.max(Number.parseInt(numbers, 10) || 1, 1);
    switch (letter) {
      case 'm':
        this._pen.apply(numbers);
        break;
      case 'A':
        this._row = Math.max(this._row - by, this._top, this._dropped);
        break;
      case 'B':
        this._row = Math.min(this._row + by, this._dropped + this._lines.length - 1);
        break;
      case 'C':
        this._column = Math.min(this._column + by, LONGEST);
        break;
      case 'D':
        this._column = Math.max(this._column - by, 0);
        break;
      case 'G':
        this._column = Math.min(by - 1, LONGEST);
        break;
      case 'K':
        this._erase(numbers);
    }
  }

  private _erase(how: string): void {
    const line = this._line;
    if (how === '' || how === '0') {
      line.keep(this._column);
    } else if (how === '2') {
      line.keep(0);
    } else if (how === '1') {
      line.write(0, ' '.repeat(Math.min(this._column + 1, line.length)), this._pen.ink);
    }
    this._touch();
  }

  private _put(text: string): void {
    let rest = text;
    while (rest) {
      if (this._column >= LONGEST) {
        this._down();
        this._column = 0;
      }
      const part = rest.slice(0, LONGEST - this._column);
      const line = this._line;
      line.stream ||= this._stream;
      const before = line.length;
      line.write(this._column, part, this._pen.ink);
      this._size += line.length - before;
      this._column += part.length;
      rest = rest.slice(part.length);
      this._touch();
    }
  }

  private _down(): void {
    this._row += 1;
    if (this._row - this._dropped >= this._lines.length) {
      this._lines.push(new Line(this._lines[this._lines.length - 1].cell, false));
      this._size += 1;
    }
    this._touch();
  }

  private get _line(): Line {
    return this._lines[this._row - this._dropped];
  }

  private _touch(): void {
    const block = Math.floor(this._row / BLOCK);
    this._versions.set(block, (this._versions.get(block) ?? 0) + 1);
  }

  private _trim(): void {
    while (this._size > MOST && this._lines.length > 2 * BLOCK) {
      const gone = this._lines.splice(0, BLOCK);
      this._versions.delete(this._dropped / BLOCK);
      this._dropped += BLOCK;
      this._row = Math.max(this._row, this._dropped);
      this._size -= gone.reduce((sum, line) => sum + line.length + 1, 0);
    }
  }

  private readonly _pen = new Pen();
  private readonly _lines: Line[] = [];
  private readonly _versions = new Map<number, number>();
  private _stream = '';
  private _held = '';
  private _row = 0;
  private _column = 0;
  private _top = 0;
  private _dropped = 0;
  private _size = 0;
}

/** A text as a terminal shows it, at once. */
export function linesOf(text: string): readonly ILine[] {
  const terminal = new Terminal();
  terminal.write(text);
  return terminal.lines;
}
