// Which badge each cell of a notebook wears. A badge never lies: where tags have changed since the notebook was
// analysed, cells whose step is not certain any more wear none until the next analysis.

import { hues } from '../model/colours';
import type { Analysis, Cell } from '../schema';

/** A cell of the open notebook, as it is now. */
export interface ILiveCell {
  readonly id: string;
  readonly code: boolean;
  /** Its tags, behind them its `%%step` line. */
  readonly tags: readonly string[];
}

export type Role = Cell['role'];

/** What a cell shows. `step` is "" outside of steps; `named` says whether the name stands at this cell. */
export interface IBadge {
  readonly role: Role;
  readonly step: string;
  /** Its own tags say so; else it is its place in the notebook. */
  readonly own: boolean;
  readonly named: boolean;
  /** The hue of its step, in degrees. */
  readonly hue: number | null;
  /** Why a cell of the prelude runs only once, in `step`; or "". */
  readonly demoted: string;
}

/** What of the badges is shown: of a notebook without steps, those that were proposed only if `proposed`. */
interface IBadgeChoice {
  readonly proposed: boolean;
}

/** The badges of the cells, in their order; null for a cell that wears none. */
export function badges(
  cells: readonly ILiveCell[],
  analysis: Analysis | null,
  choice: IBadgeChoice
): readonly (IBadge | null)[] {
  if (analysis === null) {
    return cells.map(() => null);
  }
  const colours = hues(analysis.steps);
  const found = trusted(cells, analysis).map(cell =>
    cell && (cell.own || analysis.tagged || choice.proposed) ? cell : null
  );
  let before: Cell | null = null;
  return found.map((cell, index) => {
    if (cell === null) {
      before = cells[index].code ? null : before;
      return null;
    }
    const named = before === null || !together(before, cell);
    before = cell;
    return {
      role: cell.role,
      step: cell.step ?? '',
      own: cell.own,
      named,
      hue: cell.step === null ? null : (colours.get(cell.step) ?? null),
      demoted: cell.demoted
    };
  });
}

/** Whether two neighbours are shown as one. */
function together(one: Cell, other: Cell): boolean {
  return one.role === other.role && one.step === other.step && one.demoted === other.demoted;
}

/** What the analysis says of each cell, as far as it still holds. */
function trusted(cells: readonly ILiveCell[], analysis: Analysis): readonly (Cell | null)[] {
  const known = new Map(analysis.cells.map(cell => [cell.id, cell]));
  const code = cells.filter(cell => cell.code);
  const current =
    code.length === analysis.cells.length &&
    code.every((cell, index) => {
      const then = analysis.cells[index];
      return then.id === cell.id && same(said(then), cell.tags);
    });
  let step: string | null = null;
  return cells.map(cell => {
    const then = cell.code ? known.get(cell.id) : undefined;
    if (then === undefined || !same(said(then), cell.tags)) {
      step = cell.code && cell.tags.length > 0 ? null : step;
      return null;
    }
    if (current) {
      return then;
    }
    if (then.own && then.role === 'step') {
      step = then.step;
    }
    const certain = then.own ? then.demoted === '' : then.step !== null && then.step === step;
    return certain ? then : null;
  });
}

/** What the cell said of its step when it was analysed. */
function said(cell: Cell): readonly string[] {
  return cell.line === '' ? cell.tags : [...cell.tags, cell.line];
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((tag, index) => tag === other[index]);
}
