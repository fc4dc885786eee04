// The full graph: boxes and edges in a plane that can be moved and zoomed.

import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, useCallback, useEffect, useMemo, useState, type JSX } from 'react';

import { wordOf } from '../model/states';
import { StateMark } from '../parts/mark';
import { nextBox, type Arrow } from './keys';
import { dagre, layoutOf, type Dagre, type ILayout, type IRectangle, type IRoute } from './layout';
import { Minimap } from './minimap';
import { isSameState, Marks, Name, Time } from './parts';
import type { IGraphNode } from './pipeline';
import { edgeClass } from './rows';
import { isGoing, type IGraphState } from './states';
import { isLit, useSteering, type Lit } from './steering';
import type { ITopology } from './topology';
import { Flow, keyOf, type IView } from './view';
import { Viewport } from './viewport';
import { edgeLabel, nodeText, type States } from './words';

/** From so many steps on there is a map. */
const MAP_FROM = 60;

export function Boxes(props: IView): JSX.Element {
  const { topology, trans } = props;
  const [loaded, problem, again] = useDagre();
  const layout = useMemo(
    () => loaded && layoutOf(loaded, topology, edge => edgeLabel(trans, edge)),
    [loaded, topology, trans]
  );
  if (layout) {
    return <Plane {...props} layout={layout} />;
  }
  return (
    <div className="jp-nbflow-Graph jp-mod-full">
      {problem ? (
        <p role="alert">
          {trans.__('The graph could not be loaded.')}{' '}
          <button className="jp-nbflow-link" onClick={again}>
            {trans.__('Try again')}
          </button>
        </p>
      ) : (
        <p role="status">{trans.__('Drawing the graph…')}</p>
      )}
    </div>
  );
}

function useDagre(): [Dagre | null, boolean, () => void] {
  const [loaded, setLoaded] = useState<Dagre | null>(null);
  const [problem, setProblem] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let wanted = true;
    dagre().then(
      found => wanted && setLoaded(() => found),
      () => wanted && setProblem(true)
    );
    return () => {
      wanted = false;
    };
  }, [tries]);
  const again = (): void => {
    setProblem(false);
    setTries(tries + 1);
  };
  return [loaded, problem, again];
}

function Plane(props: IView & { layout: ILayout }): JSX.Element {
  const { topology, layout, states, selected, trans } = props;
  const names = useMemo(() => topology.ranks.flat(), [topology]);
  const x = useMemo(() => new Map([...layout.boxes].map(([name, box]) => [name, box.x])), [layout]);
  const next = useCallback(
    (name: string, arrow: Arrow) => nextBox(topology, x, name, arrow),
    [topology, x]
  );
  const { container, active, lit, listeners } = useSteering({ ...props, names, next });
  useEffect(() => {
    container.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [container, selected]);
  return (
    <div className="jp-nbflow-Graph jp-mod-full" ref={container} {...listeners}>
      <Viewport
        width={layout.width}
        height={layout.height}
        trans={trans}
        map={
          topology.nodes.length >= MAP_FROM
            ? port => <Minimap layout={layout} states={states} selected={selected} port={port} />
            : undefined
        }
      >
        <div
          role="tree"
          aria-label={props.label ?? trans.__('Pipeline')}
          style={{ width: layout.width, height: layout.height }}
        >
          <Groups layout={layout} />
          <Edges layout={layout} lit={lit} />
          <Steps {...{ topology, layout, states, selected, active, trans }} />
          <Labels layout={layout} lit={lit} label={edge => edgeLabel(trans, edge, 60)} />
        </div>
      </Viewport>
      <Flow lit={lit} edges={topology.edges} trans={trans} />
    </div>
  );
}

const Groups = memo(function Groups({ layout }: { layout: ILayout }): JSX.Element {
  return (
    <>
      {[...layout.groups].map(([call, place]) => (
        <div key={call} aria-hidden="true" className="jp-nbflow-Graph-group" style={at(place)}>
          <span title={call}>{call}</span>
        </div>
      ))}
    </>
  );
});

const Edges = memo(function Edges(props: { layout: ILayout; lit: Lit }): JSX.Element {
  const { layout, lit } = props;
  const drawn = layout.routes.map(route => {
    const { writer, reader } = route.edge;
    const key = keyOf(route.edge);
    return { key, route, on: isLit(lit, key, writer, reader) };
  });
  return (
    <svg aria-hidden="true" width={layout.width} height={layout.height}>
      {drawn
        .sort((one, other) => Number(one.on) - Number(other.on))
        .map(({ key, route, on }) => (
          <EdgePath key={key} name={key} route={route} on={on} />
        ))}
    </svg>
  );
});

const EdgePath = memo(function EdgePath(props: {
  name: string;
  route: IRoute;
  on: boolean;
}): JSX.Element {
  const { edge, path } = props.route;
  return (
    <g data-edge={props.name}>
      <path className="jp-nbflow-Graph-near" d={path} />
      <path className={edgeClass(props.on, edge.possible, edge.variables.length === 0)} d={path} />
      <path className="jp-nbflow-Graph-tip" d={tip(path)} />
    </g>
  );
});

/** The point of an arrow at the end of a path. */
function tip(path: string): string {
  const [x, y] = path
    .slice(path.lastIndexOf(' ') + 1)
    .split(',')
    .map(Number);
  return `M${x - 4},${y - 6}L${x},${y}L${x + 4},${y - 6}z`;
}

/** Those for which there is room, and those of edges that are pointed at. */
function Labels(props: {
  layout: ILayout;
  lit: Lit;
  label: (edge: IRoute['edge']) => string;
}): JSX.Element {
  const { layout, lit } = props;
  return (
    <>
      {layout.routes.map(({ edge, x, y, label }) => {
        const key = keyOf(edge);
        const on = isLit(lit, key, edge.writer, edge.reader);
        const bare = edge.variables.length === 0;
        const ambient = edge.variables.length > 0 && edge.variables.every(e => e.startsWith('@'));
        return label !== null || on ? (
          <span
            key={key}
            data-edge={key}
            aria-hidden="true"
            className={
              'jp-nbflow-Graph-label' +
              (on ? ' jp-mod-lit' : '') +
              (bare || ambient ? ' jp-mod-ambient' : '')
            }
            style={{ left: x, top: y }}
          >
            {label ?? props.label(edge)}
          </span>
        ) : null;
      })}
    </>
  );
}

interface IStepsProps {
  topology: ITopology;
  layout: ILayout;
  states: States | undefined;
  selected: string | null;
  active: string | undefined;
  trans: TranslationBundle;
}

const Steps = memo(function Steps(props: IStepsProps): JSX.Element {
  const { topology, layout, states, selected, active, trans } = props;
  return (
    <>
      {topology.nodes.map(node => {
        const { name } = node;
        const rank = topology.rank.get(name)!;
        const beside = topology.ranks[rank];
        return (
          <Box
            key={name}
            node={node}
            state={states?.get(name)}
            place={layout.boxes.get(name)!}
            level={rank + 1}
            number={beside.indexOf(name) + 1}
            beside={beside.length}
            selected={selected === name}
            active={active === name}
            text={nodeText(trans, node, topology.before.get(name)!, states)}
            trans={trans}
          />
        );
      })}
    </>
  );
});

interface IBoxProps {
  node: IGraphNode;
  state: IGraphState | undefined;
  place: IRectangle;
  level: number;
  number: number;
  beside: number;
  selected: boolean;
  active: boolean;
  text: string;
  trans: TranslationBundle;
}

const Box = memo(function Box(props: IBoxProps): JSX.Element {
  const { node, state, trans } = props;
  return (
    <div
      className="jp-nbflow-Graph-box"
      role="treeitem"
      tabIndex={props.active ? 0 : -1}
      aria-label={props.text}
      aria-level={props.level}
      aria-posinset={props.number}
      aria-setsize={props.beside}
      aria-selected={props.selected}
      data-step={node.name}
      data-state={state?.state}
      data-going={state && isGoing(state) ? '' : undefined}
      style={at(props.place)}
    >
      <Name name={node.name} within={node.call} />
      <span className="jp-nbflow-Graph-below">
        {state && <StateMark state={state.state} trans={trans} silent />}
        {state && (
          <span className="jp-nbflow-Graph-word" title={state.note || undefined}>
            {wordOf(state.state, trans)}
          </span>
        )}
        {state && <Time state={state} />}
        <span className="jp-nbflow-Graph-signs">
          <Marks node={node} trans={trans} />
        </span>
      </span>
    </div>
  );
}, isSameBox);

function isSameBox(one: IBoxProps, other: IBoxProps): boolean {
  const keys = Object.keys(one) as (keyof IBoxProps)[];
  return keys.every(key =>
    key === 'state' ? isSameState(one.state, other.state) : one[key] === other[key]
  );
}

function at({ x, y, width, height }: IRectangle): React.CSSProperties {
  return { left: x, top: y, width, height };
}
