// A map of a large graph: where the window is, and what its steps are doing.

import { memo, useEffect, useState, type JSX, type PointerEvent } from 'react';

import type { ILayout, IRectangle } from './layout';
import type { IPort } from './viewport';
import type { States } from './words';

const MAP = { width: 160, height: 120 } as const;

export function Minimap(props: {
  layout: ILayout;
  states: States | undefined;
  selected: string | null;
  port: IPort;
}): JSX.Element | null {
  const { layout, states, selected, port } = props;
  const seen = useSeen(port);
  const scale = Math.min(MAP.width / layout.width, MAP.height / layout.height);
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    const view = port.window.current;
    if (view && event.buttons === 1) {
      const { left, top } = event.currentTarget.getBoundingClientRect();
      view.scrollLeft = ((event.clientX - left) / scale) * port.scale - view.clientWidth / 2;
      view.scrollTop = ((event.clientY - top) / scale) * port.scale - view.clientHeight / 2;
    }
  };
  return (
    <svg
      className="jp-nbflow-Graph-map"
      aria-hidden="true"
      width={Math.round(layout.width * scale)}
      height={Math.round(layout.height * scale)}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      onPointerDown={move}
      onPointerMove={move}
    >
      <MapSteps layout={layout} states={states} selected={selected} />
      {seen && <rect className="jp-nbflow-Graph-seen" strokeWidth={1.5 / scale} {...seen} />}
    </svg>
  );
}

const MapSteps = memo(function MapSteps(props: {
  layout: ILayout;
  states: States | undefined;
  selected: string | null;
}): JSX.Element {
  return (
    <>
      {[...props.layout.boxes].map(([name, box]) => (
        <rect
          key={name}
          className={`jp-nbflow-State jp-mod-${props.states?.get(name)?.state ?? 'none'}`}
          data-selected={name === props.selected ? '' : undefined}
          {...box}
        />
      ))}
    </>
  );
});

/** The part of the plane that the window shows. */
function useSeen({ window, scale }: IPort): IRectangle | null {
  const [seen, setSeen] = useState<IRectangle | null>(null);
  useEffect(() => {
    const view = window.current!;
    const look = (): void =>
      setSeen({
        x: view.scrollLeft / scale,
        y: view.scrollTop / scale,
        width: view.clientWidth / scale,
        height: view.clientHeight / scale
      });
    look();
    view.addEventListener('scroll', look);
    const resized = new ResizeObserver(look);
    resized.observe(view);
    return () => {
      view.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [window, scale]);
  return seen;
}
