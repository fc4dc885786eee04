// Proposed steps, which the user may change before they become tags.

import { Signal, type ISignal } from '@lumino/signaling';

import type { Proposal } from '../schema';
import type { ICellChange } from './source';

/** A cell that gets a tag: its number, the tags that it has, and the first line of its code. */
export interface IProposedCell {
  readonly id: string;
  readonly number: number;
  readonly tags: readonly string[];
  readonly text: string;
}

/** Neighbouring cells that get the same tag. Imports have no name: they run at the start of every step. */
export interface IProposedGroup {
  readonly key: number;
  readonly name: string | null;
  readonly cells: readonly IProposedCell[];
}

const STEP = 'step:';

export class ProposalModel {
  constructor(proposal: Proposal, notebook: Record<string, unknown>) {
    this._groups = grouped(proposal, cellsOf(notebook));
    this._next = this._groups.length;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get groups(): readonly IProposedGroup[] {
    return this._groups;
  }

  /** The names that more than one group has: those run as one step. */
  get shared(): ReadonlySet<string> {
    const names = this._groups.flatMap(each => (each.name === null ? [] : [each.name.trim()]));
    return new Set(names.filter((each, index) => names.indexOf(each) !== index));
  }

  /** Whether every step has a name. */
  get complete(): boolean {
    return this._groups.every(each => each.name === null || each.name.trim() !== '');
  }

  rename(key: number, name: string): void {
    this._set(this._groups.map(each => (each.key === key ? { ...each, name } : each)));
  }

  canMoveBack(key: number): boolean {
    const at = this._at(key);
    return at > 0 && this._groups[at].name !== null && this._groups[at - 1].name !== null;
  }

  canMoveOn(key: number): boolean {
    return this._at(key) < this._groups.length - 1;
  }

  /** The first cell of a group goes to the step before. */
  moveBack(key: number): void {
    if (this.canMoveBack(key)) {
      const at = this._at(key);
      const [first, ...rest] = this._groups[at].cells;
      this._put(at - 1, [...this._groups[at - 1].cells, first], rest);
    }
  }

  /** The last cell of a group goes to the step after. */
  moveOn(key: number): void {
    if (this.canMoveOn(key)) {
      const at = this._at(key);
      const { cells } = this._groups[at];
      this._put(at, cells.slice(0, -1), [...cells.slice(-1), ...this._groups[at + 1].cells]);
    }
  }

  /** A step becomes part of the one before. */
  join(key: number): void {
    if (this.canMoveBack(key)) {
      const at = this._at(key);
      this._put(at - 1, [...this._groups[at - 1].cells, ...this._groups[at].cells], []);
    }
  }

  /** A cell, with those after it, becomes a step of its own. */
  split(key: number, cell: string): void {
    const group = this._groups[this._at(key)];
    const at = group.cells.findIndex(each => each.id === cell);
    if (at > 0 && group.name !== null) {
      const taken = new Set(this._groups.map(each => each.name));
      let number = 2;
      while (taken.has(`${group.name}-${number}`)) {
        number += 1;
      }
      const made = {
        key: this._next++,
        name: `${group.name}-${number}`,
        cells: group.cells.slice(at)
      };
      const kept = { ...group, cells: group.cells.slice(0, at) };
      this._set(this._groups.flatMap(each => (each.key === key ? [kept, made] : [each])));
    }
  }

  /** The tags that make it so. */
  get changes(): readonly ICellChange[] {
    return this._groups.flatMap(({ name, cells }) =>
      cells.map(({ id, tags }) => ({
        cell: id,
        tags: [...tags, name === null ? 'imports' : STEP + name.trim()]
      }))
    );
  }

  private _at(key: number): number {
    return this._groups.findIndex(each => each.key === key);
  }

  /** The cells of the group at an index and of the one after it; a group without cells is gone. */
  private _put(at: number, ...cells: readonly (readonly IProposedCell[])[]): void {
    const groups = this._groups.map((each, index) =>
      index === at || index === at + 1 ? { ...each, cells: cells[index - at] } : each
    );
    this._set(groups.filter(each => each.cells.length > 0));
  }

  private _set(groups: readonly IProposedGroup[]): void {
    this._groups = groups;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _groups: readonly IProposedGroup[];
  private _next: number;
}

/** What a preview shows of the cells of a notebook, by their ids. */
function cellsOf(notebook: Record<string, unknown>): Map<string, Omit<IProposedCell, 'number'>> {
  const cells = (notebook.cells ?? []) as {
    id: string;
    source: string;
    metadata: { tags?: string[] };
  }[];
  return new Map(
    cells.map(({ id, source, metadata }) => [
      id,
      { id, tags: metadata.tags ?? [], text: firstLine(source) }
    ])
  );
}

/** The first line of code that says something. */
function firstLine(source: string): string {
  const lines = source.split('\n').map(each => each.trim());
  return lines.find(each => each && !each.startsWith('#')) ?? lines.find(each => each) ?? '';
}

function grouped(
  proposal: Proposal,
  known: Map<string, Omit<IProposedCell, 'number'>>
): IProposedGroup[] {
  const groups: { key: number; name: string | null; cells: IProposedCell[] }[] = [];
  for (const { cell, number, tags } of proposal.cells) {
    const found = known.get(cell);
    if (found === undefined) {
      continue;
    }
    const step = tags.find(each => each.startsWith(STEP));
    const name = step === undefined ? null : step.slice(STEP.length);
    if (groups.length === 0 || groups[groups.length - 1].name !== name) {
      groups.push({ key: groups.length, name, cells: [] });
    }
    groups[groups.length - 1].cells.push({ ...found, number });
  }
  return groups;
}
