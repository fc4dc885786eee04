// How values of runs differ from those of the first, and how they are written. It knows no DOM.

import { figure, plain } from './format';

/** A value as a cell of a table has it. */
export function written(value: unknown): string {
  return typeof value === 'number' ? figure(value) : plain(value);
}

/** "+0.02" and "+2.2 %": how a number differs from another; null where there is nothing to say. */
export function change(value: unknown, base: unknown): string | null {
  if (typeof value !== 'number' || typeof base !== 'number' || value === base) {
    return null;
  }
  const signed = (text: string): string => (value > base ? `+${text}` : text.replace('-', '−'));
  const step = signed(String(Number((value - base).toPrecision(3))));
  if (base === 0 || Math.sign(value) !== Math.sign(base)) {
    return step;
  }
  const share = (100 * (value - base)) / Math.abs(base);
  const near = Math.abs(share) < 9.95 ? share.toFixed(1) : share.toFixed(0);
  return Number(near) === 0 ? step : `${step} (${signed(near)} %)`;
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Round numbers from below the least to above the most: at most so many steps. */
export function ticks(least: number, most: number, steps = 4): readonly number[] {
  const span = most - least || Math.abs(most) || 1;
  const low = most > least ? least : least - span / 2;
  const high = most > least ? most : most + span / 2;
  const rough = (high - low) / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(each => each * power).find(each => each >= rough)!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12))
  );
}
