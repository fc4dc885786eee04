// How text of a terminal looks: what the escape sequences that choose colours have chosen.

/** Names of JupyterLab's classes for ANSI text, and the colours that have no name. */
export interface IInk {
  readonly classes: string;
  readonly color?: string;
  readonly background?: string;
}

export const PLAIN: IInk = { classes: '' };

type Colour = number | string | null;

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** The pen of a terminal; `apply` takes the numbers of a sequence `ESC [ ... m`. */
export class Pen {
  /** How the next text looks. */
  get ink(): IInk {
    return (this._ink ??= this._mixed());
  }

  reset(): void {
    this._front = this._back = null;
    this._bold = this._underlined = this._inverse = this._faint = this._italic = false;
    this._ink = PLAIN;
  }

  apply(text: string): void {
    const codes = text === '' ? [0] : text.split(/[;:]/).map(Number);
    this._ink = null;
    while (codes.length > 0) {
      this._take(codes.shift()!, codes);
    }
  }

  private _take(code: number, rest: number[]): void {
    if (code >= 30 && code <= 37) {
      this._front = code - 30;
    } else if (code >= 40 && code <= 47) {
      this._back = code - 40;
    } else if (code >= 90 && code <= 97) {
      this._front = code - 82;
    } else if (code >= 100 && code <= 107) {
      this._back = code - 92;
    } else {
      this._takeOther(code, rest);
    }
  }

  private _takeOther(code: number, rest: number[]): void {
    switch (code) {
      case 0:
        this.reset();
        this._ink = null;
        break;
      case 1:
        this._bold = true;
        break;
      case 2:
        this._faint = true;
        break;
      case 3:
        this._italic = true;
        break;
      case 4:
        this._underlined = true;
        break;
      case 7:
        this._inverse = true;
        break;
      case 22:
        this._bold = this._faint = false;
        break;
      case 23:
        this._italic = false;
        break;
      case 24:
        this._underlined = false;
        break;
      case 27:
        this._inverse = false;
        break;
      case 38:
        this._front = extended(rest) ?? this._front;
        break;
      case 39:
        this._front = null;
        break;
      case 48:
        this._back = extended(rest) ?? this._back;
        break;
      case 49:
        this._back = null;
    }
  }

  private _mixed(): IInk {
    const [front, back] = this._inverse ? [this._back, this._front] : [this._front, this._back];
    const classes: string[] = [];
    name(classes, front, 'fg', this._inverse);
    name(classes, back, 'bg', this._inverse);
    const marks: [boolean, string][] = [
      [this._bold, 'ansi-bold'],
      [this._underlined, 'ansi-underline'],
      [this._faint, 'jp-nbflow-mod-faint'],
      [this._italic, 'jp-nbflow-mod-italic']
    ];
    classes.push(...marks.filter(([set]) => set).map(([, mark]) => mark));
    const color = typeof front === 'string' ? front : undefined;
    const background = typeof back === 'string' ? back : undefined;
    return classes.length === 0 && !color && !background
      ? PLAIN
      : { classes: classes.join(' '), color, background };
  }

  private _front: Colour = null;
  private _back: Colour = null;
  private _bold = false;
  private _faint = false;
  private _italic = false;
  private _underlined = false;
  private _inverse = false;
  private _ink: IInk | null = PLAIN;
}

function name(classes: string[], colour: Colour, which: 'fg' | 'bg', inverse: boolean): void {
  if (typeof colour === 'number') {
    classes.push(`ansi-${NAMES[colour % 8]}${colour >= 8 ? '-intense' : ''}-${which}`);
  } else if (colour === null && inverse) {
    classes.push(`ansi-default-inverse-${which}`);
  }
}

/** The colour after 38 or 48: `5;N` of 256, or `2;R;G;B`. */
function extended(rest: number[]): Colour {
  const kind = rest.shift();
  if (kind === 5) {
    return of256(rest.shift() ?? 0);
  }
  return kind === 2 ? rgb(rest.splice(0, 3)) : null;
}

/** One of 256: 16 with names, a cube of 6 by 6 by 6, and 24 greys. */
function of256(n: number): Colour {
  if (n < 16) {
    return n;
  }
  if (n >= 232) {
    const grey = 8 + (n - 232) * 10;
    return rgb([grey, grey, grey]);
  }
  const level = (i: number) => (i === 0 ? 0 : 55 + i * 40);
  const at = n - 16;
  return rgb([level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6)]);
}

function rgb(parts: number[]): string {
  const [r, g, b] = [0, 1, 2].map(i => Math.min(Math.max(Math.trunc(parts[i]) || 0, 0), 255));
  return `rgb(${r}, ${g}, ${b})`;
}
