// Where the arrows lead.

import type { ITopology } from './topology';

export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';

export function isArrow(key: string): key is Arrow {
  return /^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(key);
}

/** In rows: up and down from row to row, to the right to what takes from a step, to the left to what it needs. */
export function nextRow(
  topology: ITopology,
  rows: readonly string[],
  name: string,
  arrow: Arrow
): string {
  const row = rows.indexOf(name);
  switch (arrow) {
    case 'ArrowUp':
      return rows[Math.max(0, row - 1)];
    case 'ArrowDown':
      return rows[Math.min(rows.length - 1, row + 1)];
    case 'ArrowLeft':
      return topology.before.get(name)!.at(-1) ?? name;
    case 'ArrowRight':
      return topology.after.get(name)![0] ?? name;
    case 'Home':
      return rows[0];
    case 'End':
      return rows.at(-1)!;
  }
}

/** In a plane: down and up along edges, else to the next rank; to the sides within a rank. */
export function nextBox(
  topology: ITopology,
  x: ReadonlyMap<string, number>,
  name: string,
  arrow: Arrow
): string {
  const rank = topology.rank.get(name)!;
  const at = (each: string): number => x.get(each)!;
  const beside = [...topology.ranks[rank]].sort((one, other) => at(one) - at(other));
  const near = (names: readonly string[]): string =>
    names.reduce<string>(
      (best, each) =>
        best === name || Math.abs(at(each) - at(name)) < Math.abs(at(best) - at(name))
          ? each
          : best,
      name
    );
  // The ends of the shortest edges come first: long ones lead past what lies between.
  const along = (names: readonly string[], next: readonly string[] | undefined): string => {
    const far = (each: string): number => Math.abs(topology.rank.get(each)! - rank);
    const least = Math.min(...names.map(far));
    return near(names.length > 0 ? names.filter(each => far(each) === least) : (next ?? []));
  };
  switch (arrow) {
    case 'ArrowUp':
      return along(topology.before.get(name)!, topology.ranks[rank - 1]);
    case 'ArrowDown':
      return along(topology.after.get(name)!, topology.ranks[rank + 1]);
    case 'ArrowLeft':
      return beside[beside.indexOf(name) - 1] ?? name;
    case 'ArrowRight':
      return beside[beside.indexOf(name) + 1] ?? name;
    case 'Home':
      return topology.ranks[0][0];
    case 'End':
      return topology.ranks.at(-1)!.at(-1)!;
  }
}
