// Which blocks of a long list are in sight. It knows no DOM.

/** Blocks `from` up to `to`, without `to`, and the heights of what is left out above and below. */
interface IRange {
  readonly from: number;
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

/** The blocks between `top` and `bottom`, in pixels, of blocks with these heights. */
export function inSight(heights: readonly number[], top: number, bottom: number): IRange {
  let [from, to, above, at] = [0, 0, 0, 0];
  const whole = heights.reduce((sum, height) => sum + height, 0);
  heights.forEach((height, index) => {
    if (at + height <= top) {
      from = index + 1;
      above = at + height;
    }
    if (at < bottom) {
      to = index + 1;
    }
    at += height;
  });
  if (from >= heights.length && heights.length > 0) {
    from = heights.length - 1;
    above = whole - heights[from];
  }
  to = Math.max(to, Math.min(from + 1, heights.length));
  const shown = heights.slice(from, to).reduce((sum, height) => sum + height, 0);
  return { from, to, above, below: Math.max(whole - above - shown, 0) };
}

/** Where a block begins, in pixels. */
export function offset(heights: readonly number[], block: number): number {
  return heights.slice(0, block).reduce((sum, height) => sum + height, 0);
}

/** How many rows lines of these lengths take where a row has so many columns. */
export function rowsOf(lines: readonly { readonly length: number }[], columns: number): number {
  return lines.reduce((sum, { length }) => sum + Math.max(Math.ceil(length / columns), 1), 0);
}
