// Times, sizes and values as they are shown everywhere. It knows no DOM.

/** What a translator does with a sentence; JupyterLab's own fits. */
export interface ITranslate {
  __(text: string, ...filled: unknown[]): string;
  _n(one: string, many: string, count: number, ...filled: unknown[]): string;
}

/**
 * How long something took: "40 ms", "1.2 s", "42 s", "1:12", "1:02:03". What is counted up is best shown by
 * `clock`, whose width does not change.
 */
export function duration(seconds: number): string {
  const given = Math.max(seconds, 0);
  if (given === 0) {
    return '0 s';
  }
  if (given < 0.0995) {
    return `${Math.max(Math.round(given * 1000), 1)} ms`;
  }
  if (given < 59.5) {
    return given < 9.95 ? `${given.toFixed(1)} s` : `${Math.round(given)} s`;
  }
  return clock(Math.round(given));
}

/** A time that is counted up: "0:07", "12:30", "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.max(Math.floor(seconds), 0);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const end = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${end}` : `${minutes}:${end}`;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'];

/** A size: "0 B", "1.5 KiB", "12 MiB". */
export function bytes(n: number): string {
  if (n < 1024) {
    return `${n} B`;
  }
  let size = n;
  let unit = -1;
  // Rounded first: 1023.96 of one unit is 1.0 of the next.
  do {
    size /= 1024;
    unit += 1;
  } while (size >= 1023.95 && unit < UNITS.length - 1);
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago something was; both times in seconds since 1970. From a week on it is the day. */
export function ago(time: number, now: number, trans: ITranslate): string {
  const past = now - time;
  if (past < MINUTE) {
    return trans.__('just now');
  }
  if (past < HOUR) {
    return trans._n('%1 minute ago', '%1 minutes ago', Math.floor(past / MINUTE));
  }
  if (past < DAY) {
    return trans._n('%1 hour ago', '%1 hours ago', Math.floor(past / HOUR));
  }
  if (past < 7 * DAY) {
    return trans._n('%1 day ago', '%1 days ago', Math.floor(past / DAY));
  }
  return new Date(time * 1000).toLocaleDateString();
}

/** A day and a time of it, for a tooltip. */
export function moment(time: number): string {
  return new Date(time * 1000).toLocaleString();
}

/** A number as short as it tells: "0.9132", "1234.5", "1.2e-7". */
export function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** A value as it is written in a line: a text as it is, anything else as JSON. */
export function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text in `most` characters: what is too long is cut in the middle, where names differ least. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}
