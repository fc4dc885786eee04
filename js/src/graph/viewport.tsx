// A plane seen through a window: it scrolls, is dragged, and is zoomed.

import type { TranslationBundle } from '@jupyterlab/translation';
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type JSX,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject
} from 'react';

const ZOOM = { least: 0.05, most: 2, step: 1.2 } as const;
/** The height that the tools take at the bottom. */
const TOOLS = 36;
/** A graph that is shown for the first time is no smaller than this: names can be read. */
const READABLE = 0.55;

export interface IPort {
  /** The window that scrolls. */
  readonly window: RefObject<HTMLDivElement>;
  readonly scale: number;
}

interface IViewportProps {
  width: number;
  height: number;
  trans: TranslationBundle;
  map?: (port: IPort) => ReactNode;
  children: ReactNode;
}

export function Viewport(props: IViewportProps): JSX.Element {
  const { width, height, trans, children } = props;
  const window = useRef<HTMLDivElement>(null);
  const { scale, zoom, fit } = useZoom(window, width, height);
  const dragging = useDragging(window);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const act = {
      '+': () => zoom(scale * ZOOM.step),
      '=': () => zoom(scale * ZOOM.step),
      '-': () => zoom(scale / ZOOM.step),
      '0': () => fit()
    }[event.key];
    if (act) {
      act();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div className="jp-nbflow-Graph-frame" onKeyDown={onKeyDown}>
      <div className="jp-nbflow-Graph-window" ref={window} {...dragging}>
        <div
          className="jp-nbflow-Graph-stage"
          style={{ width: width * scale, height: height * scale }}
        >
          <div className="jp-nbflow-Graph-plane" style={{ transform: `scale(${scale})` }}>
            {children}
          </div>
        </div>
      </div>
      <div className="jp-nbflow-Graph-tools" role="toolbar" aria-label={trans.__('Zoom')}>
        <Tool label={trans.__('Zoom out')} text="−" act={() => zoom(scale / ZOOM.step)} />
        <button
          className="jp-nbflow-Graph-percent"
          title={trans.__('Show at full size')}
          aria-label={trans.__('Show at full size; now %1 percent', Math.round(scale * 100))}
          onClick={() => zoom(1)}
        >
          {`${Math.round(scale * 100)} %`}
        </button>
        <Tool label={trans.__('Zoom in')} text="+" act={() => zoom(scale * ZOOM.step)} />
        <Tool label={trans.__('Fit the graph')} text="⤢" act={fit} />
      </div>
      {props.map?.({ window, scale })}
    </div>
  );
}

function Tool(props: { label: string; text: string; act: () => void }): JSX.Element {
  return (
    <button title={props.label} aria-label={props.label} onClick={() => props.act()}>
      {props.text}
    </button>
  );
}

interface IZoom {
  scale: number;
  /** Zoom around a point of the window, its middle by default. */
  zoom: (scale: number, x?: number, y?: number) => void;
  fit: () => void;
}

function useZoom(window: RefObject<HTMLDivElement>, width: number, height: number): IZoom {
  const [scale, setScale] = useState(1);
  // The least scale that was fitted with; null when the user has zoomed since.
  const fitted = useRef<number | null>(READABLE);
  const bringing = useRef<number | null>(null);
  const anchor = useRef<{ x: number; y: number; from: number } | null>(null);

  const zoom = useCallback(
    (wanted: number, x?: number, y?: number) => {
      const view = window.current;
      if (view) {
        fitted.current = null;
        setScale(from => {
          anchor.current = { x: x ?? view.clientWidth / 2, y: y ?? view.clientHeight / 2, from };
          return clamp(wanted);
        });
      }
    },
    [window]
  );
  const fitTo = useCallback(
    (least: number) => {
      const view = window.current;
      if (view && view.clientWidth > 0) {
        const room = Math.min(view.clientWidth / width, (view.clientHeight - TOOLS) / height, 1);
        const to = clamp(Math.max(least, room));
        fitted.current = least;
        bringing.current = to;
        setScale(to);
      }
    },
    [window, width, height]
  );
  useLayoutEffect(() => {
    const refit = (): void => {
      if (fitted.current !== null) {
        fitTo(fitted.current);
      }
    };
    const resized = new ResizeObserver(refit);
    resized.observe(window.current!);
    refit();
    return () => resized.disconnect();
  }, [window, fitTo]);
  useLayoutEffect(() => {
    const view = window.current!;
    if (anchor.current) {
      const { x, y, from } = anchor.current;
      view.scrollLeft = ((view.scrollLeft + x) * scale) / from - x;
      view.scrollTop = ((view.scrollTop + y) * scale) / from - y;
      anchor.current = null;
    } else if (bringing.current === scale) {
      bring(view);
      bringing.current = null;
    }
  }, [window, scale, width, height]);
  useWheel(window, scale, zoom);
  const fit = useCallback(() => fitTo(0), [fitTo]);
  return { scale, zoom, fit };
}

/** Show the step that is selected, else the first one, in the middle. */
function bring(view: HTMLElement): void {
  const step = view.querySelector('[aria-selected="true"]') ?? view.querySelector('[data-step]');
  if (step) {
    const [box, window] = [step.getBoundingClientRect(), view.getBoundingClientRect()];
    view.scrollLeft += box.left + box.width / 2 - window.left - window.width / 2;
    view.scrollTop += box.top + box.height / 2 - window.top - window.height / 2;
  }
}

function clamp(scale: number): number {
  return Math.min(ZOOM.most, Math.max(ZOOM.least, scale));
}

/** With Control the wheel zooms; React's own listener could not keep the browser from zooming the page. */
function useWheel(window: RefObject<HTMLDivElement>, scale: number, zoom: IZoom['zoom']): void {
  useEffect(() => {
    const view = window.current!;
    const turned = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const { left, top } = view.getBoundingClientRect();
        zoom(scale * Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
      }
    };
    view.addEventListener('wheel', turned, { passive: false });
    return () => view.removeEventListener('wheel', turned);
  }, [window, scale, zoom]);
}

/** The background can be dragged; touch scrolls by itself. */
function useDragging(window: RefObject<HTMLDivElement>): {
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
} {
  const start = useRef<{ x: number; y: number } | null>(null);
  return {
    onPointerDown: event => {
      const onStep = (event.target as Element).closest('[data-step]') !== null;
      if (event.button === 0 && event.pointerType === 'mouse' && !onStep) {
        start.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      }
    },
    onPointerMove: event => {
      if (start.current && window.current) {
        window.current.scrollLeft -= event.clientX - start.current.x;
        window.current.scrollTop -= event.clientY - start.current.y;
        start.current = { x: event.clientX, y: event.clientY };
      }
    },
    onPointerUp: () => {
      start.current = null;
    }
  };
}
