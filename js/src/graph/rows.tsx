// The compact graph, for a side panel: a row for each step, with wires at its left.

import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, useCallback, useMemo, type JSX } from 'react';

import { StateMark } from '../parts/mark';
import { nextRow, type Arrow } from './keys';
import { isSameState, Marks, Name, Time } from './parts';
import type { IGraphNode } from './pipeline';
import type { IGraphState } from './states';
import { isLit, useSteering, type Lit } from './steering';
import { Flow, keyOf, type IView } from './view';
import { wiringOf, type IWire, type IWiring } from './wires';
import { nodeText } from './words';

const ROW = 26;
/** The width of a column is what is left for it between these. */
const COLUMN = { most: 16, least: 4, all: 96 } as const;

export function Rows(props: IView): JSX.Element {
  const { topology, states, selected, trans } = props;
  const wiring = useMemo(() => wiringOf(topology), [topology]);
  const nodes = useMemo(() => new Map(topology.nodes.map(node => [node.name, node])), [topology]);
  const names = useMemo(() => wiring.rows.map(row => row.name), [wiring]);
  const next = useCallback(
    (name: string, arrow: Arrow) => nextRow(topology, names, name, arrow),
    [topology, names]
  );
  const { container, active, lit, listeners } = useSteering({ ...props, names, next });
  const width = Math.max(
    COLUMN.least,
    Math.min(COLUMN.most, Math.floor(COLUMN.all / wiring.columns))
  );
  return (
    <div className="jp-nbflow-Graph jp-mod-compact" ref={container} {...listeners}>
      <div role="tree" aria-label={props.label ?? trans.__('Pipeline')}>
        <Bands wiring={wiring} />
        <Wires wiring={wiring} width={width} lit={lit} />
        {wiring.rows.map(({ name, column }) => {
          const rank = topology.rank.get(name)!;
          const beside = topology.ranks[rank];
          return (
            <Row
              key={name}
              node={nodes.get(name)!}
              state={states?.get(name)}
              left={Math.round((column + 0.5) * width)}
              gutter={wiring.columns * width}
              level={rank + 1}
              place={beside.indexOf(name) + 1}
              beside={beside.length}
              selected={selected === name}
              active={active === name}
              text={nodeText(trans, nodes.get(name)!, topology.before.get(name)!, states)}
              trans={trans}
            />
          );
        })}
      </div>
      <Flow lit={lit} edges={topology.edges} trans={trans} />
    </div>
  );
}

/** Steps that may run side by side stand in a band. */
const Bands = memo(function Bands({ wiring }: { wiring: IWiring }): JSX.Element {
  const rows = new Map<number, [number, number]>();
  wiring.rows.forEach(({ band }, row) => {
    if (band !== null) {
      rows.set(band, [rows.get(band)?.[0] ?? row, row]);
    }
  });
  return (
    <>
      {[...rows].map(([band, [first, last]]) => (
        <div
          key={band}
          aria-hidden="true"
          className="jp-nbflow-Graph-band"
          style={{ top: first * ROW, height: (last - first + 1) * ROW }}
        />
      ))}
    </>
  );
});

const Wires = memo(function Wires(props: {
  wiring: IWiring;
  width: number;
  lit: Lit;
}): JSX.Element {
  const { wiring, width, lit } = props;
  return (
    <svg
      className="jp-nbflow-Graph-wires"
      aria-hidden="true"
      width={wiring.columns * width}
      height={wiring.rows.length * ROW}
    >
      {wiring.wires.map(wire => {
        const { writer, reader, possible, variables } = wire.edge;
        const key = keyOf(wire.edge);
        const on = isLit(lit, key, writer, reader);
        return (
          <path
            key={key}
            data-edge={key}
            className={edgeClass(on, possible, variables.length === 0)}
            d={wirePath(wire, width)}
          />
        );
      })}
    </svg>
  );
});

export function edgeClass(lit: boolean, possible: boolean, asked: boolean): string {
  return [
    'jp-nbflow-Graph-edge',
    lit && 'jp-mod-lit',
    possible && 'jp-mod-possible',
    asked && 'jp-mod-asked'
  ]
    .filter(Boolean)
    .join(' ');
}

/** Down in the column of its writer, and around a corner into the row of its reader. */
function wirePath({ from, to }: IWire, width: number): string {
  const place = ([row, column]: readonly [number, number]): [number, number] => [
    (column + 0.5) * width,
    (row + 0.5) * ROW
  ];
  const [x, y] = place(from);
  const [endX, endY] = place(to);
  if (x === endX) {
    return `M${x},${y}V${endY}`;
  }
  const bend = ROW * 0.75;
  const middle = endY - bend / 2;
  return `M${x},${y}V${endY - bend}C${x},${middle} ${endX},${middle} ${endX},${endY}`;
}

interface IRowProps {
  node: IGraphNode;
  state: IGraphState | undefined;
  left: number;
  gutter: number;
  level: number;
  place: number;
  beside: number;
  selected: boolean;
  active: boolean;
  text: string;
  trans: TranslationBundle;
}

const Row = memo(function Row(props: IRowProps): JSX.Element {
  const { node, state, left, gutter, trans } = props;
  return (
    <div
      className="jp-nbflow-Graph-row"
      role="treeitem"
      tabIndex={props.active ? 0 : -1}
      aria-label={props.text}
      aria-level={props.level}
      aria-posinset={props.place}
      aria-setsize={props.beside}
      aria-selected={props.selected}
      data-step={node.name}
      data-state={state?.state}
      style={{ paddingLeft: gutter + 6 }}
    >
      <span className="jp-nbflow-Graph-stop" style={{ left }}>
        {state ? <StateMark state={state.state} trans={trans} silent /> : <Dot />}
      </span>
      <Name name={node.name} within={node.call} />
      <Marks node={node} trans={trans} />
      {state && <Time state={state} />}
    </div>
  );
}, isSameRow);

function Dot(): JSX.Element {
  return <span className="jp-nbflow-Graph-dot" />;
}

function isSameRow(one: IRowProps, other: IRowProps): boolean {
  const keys = Object.keys(one) as (keyof IRowProps)[];
  return keys.every(key =>
    key === 'state' ? isSameState(one.state, other.state) : one[key] === other[key]
  );
}
