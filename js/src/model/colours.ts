// The colours of steps: a hue for each, far from those of its neighbours.

import type { Step } from '../schema';

/** Degrees between one step and the next: the golden angle, so that no two of a few are alike. */
const TURN = 137.508;
/** The first step is blue, as JupyterLab is. */
const FIRST = 210;

/** The hue of each step of a notebook, in degrees, by name. */
export function hues(steps: readonly Step[]): ReadonlyMap<string, number> {
  return new Map(steps.map((step, index) => [step.name, Math.round(FIRST + index * TURN) % 360]));
}
