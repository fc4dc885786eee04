// Places along rows whose order is given: each item as near as can be to what it is linked with.
//
// dagre spreads large graphs over many screens. Here each row in turn is the least-squares answer to where
// its links pull it, with gaps kept: isotonic regression by pooling (Ayer et al. 1955).

export interface IItem {
  x: number;
  readonly width: number;
}

export interface ILink {
  readonly ends: readonly [IItem, IItem];
  /** How much it wants to be straight. */
  readonly weight: number;
}

const SWEEPS = 24;

/** Give all items new places; those of a row keep their order and the gap between them. */
export function tighten(
  rows: readonly (readonly IItem[])[],
  links: readonly ILink[],
  gap: number
): void {
  const pulls = new Map<IItem, [IItem, number][]>();
  for (const { ends, weight } of links) {
    const [one, other] = ends;
    pulls.set(one, [...(pulls.get(one) ?? []), [other, weight]]);
    pulls.set(other, [...(pulls.get(other) ?? []), [one, weight]]);
  }
  const offsets = rows.map(row => offsetsOf(row, gap));
  rows.forEach((row, index) => {
    const half = offsets[index][row.length - 1] / 2;
    row.forEach((item, place) => (item.x = offsets[index][place] - half));
  });
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let count = 0; count < rows.length; count += 1) {
      const index = sweep % 2 === 0 ? count : rows.length - 1 - count;
      settle(rows[index], offsets[index], pulls);
    }
  }
}

/** How far each item stands from the first one at least. */
function offsetsOf(row: readonly IItem[], gap: number): readonly number[] {
  let offset = 0;
  return row.map((item, index) => {
    if (index > 0) {
      offset += (row[index - 1].width + item.width) / 2 + gap;
    }
    return offset;
  });
}

interface IPool {
  place: number;
  weight: number;
  count: number;
}

function settle(
  row: readonly IItem[],
  offsets: readonly number[],
  pulls: ReadonlyMap<IItem, readonly [IItem, number][]>
): void {
  const pools: IPool[] = [];
  row.forEach((item, index) => {
    const [wanted, weight] = pulled(item, pulls.get(item) ?? []);
    pools.push({ place: wanted - offsets[index], weight, count: 1 });
    while (pools.length > 1 && pools.at(-2)!.place > pools.at(-1)!.place) {
      const last = pools.pop()!;
      const pool = pools.at(-1)!;
      const all = pool.weight + last.weight;
      pool.place = (pool.place * pool.weight + last.place * last.weight) / all;
      pool.weight = all;
      pool.count += last.count;
    }
  });
  let index = 0;
  for (const { place, count } of pools) {
    for (const end = index + count; index < end; index += 1) {
      row[index].x = place + offsets[index];
    }
  }
}

/** Where the links of an item pull it, and how strongly. */
function pulled(item: IItem, links: readonly [IItem, number][]): [number, number] {
  let [sum, weight] = [0, 0];
  for (const [{ x }, each] of links) {
    sum += x * each;
    weight += each;
  }
  return weight > 0 ? [sum / weight, weight] : [item.x, 0.1];
}
