// The lines of a log: only those near to what is in sight are in the document.

import {
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  type JSX
} from 'react';

import { inSight, offset, rowsOf } from '../model/scrolled';
import { firstFrom, type IMatch } from '../model/search';
import { BLOCK, type ILine, type Terminal } from '../model/terminal';
import { Line } from '../parts/line';

interface ILogViewProps {
  readonly terminal: Terminal;
  readonly label: string;
  readonly wrap: boolean;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly found: readonly IMatch[];
  readonly current: IMatch | null;
  readonly cellLabel: (cell: string) => string;
  readonly goTo: (cell: string) => void;
}

/** A line's height until one was measured. */
const LINE = 17;
/** So near to the end, in pixels, the end is what is looked at. */
const NEAR = 24;

export function LogView(props: ILogViewProps): JSX.Element {
  const { terminal, wrap, follow, setFollow, current } = props;
  const { lines } = terminal;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const heights = useHeights(terminal, lines, wrap, scroller);
  const sight = inSight(heights, view.top - view.height, view.top + 2 * view.height);
  const first = terminal.dropped / BLOCK;

  useReveal(scroller, current, heights, first);
  const look = useCallback(() => {
    if (scroller.current === null) {
      return; // it is going
    }
    const { scrollTop: top, clientHeight: height } = scroller.current;
    setView(known => (known.top === top && known.height === height ? known : { top, height }));
  }, []);
  useLayoutEffect(() => {
    const node = scroller.current;
    if (follow && node) {
      node.scrollTop = node.scrollHeight;
      // Events of scrolling come with frames, of which there may be none for long. What is near is in the document
      // already; to look again for it might never end, as the height of all may depend on what is in the document.
      if (Math.abs(node.scrollTop - view.top) > view.height / 2) {
        look();
      }
    }
  });
  useEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [look]);

  const [isSteered, steering] = useSteered();
  const last = useRef(0);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current!;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    // Lines that come, or that turn out to be less high, move what is in sight as well.
    if (isSteered() && atEnd !== follow && (atEnd || scrollTop < last.current)) {
      setFollow(atEnd);
    }
    last.current = scrollTop;
    look();
  };
  const blocks = Array.from({ length: sight.to - sight.from }, (_, index) => sight.from + index);
  return (
    <div
      className={`jp-nbflow-Log-lines jp-RenderedText${wrap ? ' jp-mod-wrap' : ''}`}
      role="region"
      aria-label={props.label}
      tabIndex={0}
      ref={scroller}
      onScroll={scrolled}
      {...steering}
    >
      <pre>
        <span className="jp-nbflow-Log-probe" aria-hidden="true">
          {PROBE}
        </span>
        <span className="jp-nbflow-Log-space" style={{ height: sight.above }} />
        {blocks.map(block => {
          const from = block * BLOCK;
          const [low, high] = [from, from + BLOCK].map(line => firstFrom(props.found, line));
          const mine = current && Math.floor(current.line / BLOCK) === block ? current : null;
          return (
            <Block
              key={first + block}
              number={first + block}
              version={terminal.version(first + block)}
              lines={lines.slice(from, from + BLOCK)}
              offset={from}
              found={low === high ? NONE : props.found.slice(low, high)}
              current={mine}
              cellLabel={props.cellLabel}
              goTo={props.goTo}
            />
          );
        })}
        <span className="jp-nbflow-Log-space" style={{ height: sight.below }} />
      </pre>
    </div>
  );
}

/** So long after the user has steered the scrolling is theirs, in milliseconds. */
const THEIRS = 500;

/** Whether the user scrolls just now, and the handlers that tell. */
function useSteered(): [() => boolean, object] {
  const until = useRef(0);
  return useMemo(() => {
    const steer = () => (until.current = performance.now() + THEIRS);
    const hold = () => (until.current = Infinity);
    const handlers = {
      onWheel: steer,
      onTouchMove: steer,
      onKeyDown: steer,
      onPointerDown: hold,
      onPointerUp: steer,
      onPointerCancel: steer
    };
    return [() => performance.now() < until.current, handlers];
  }, []);
}

const NONE: readonly IMatch[] = [];

interface IBlockProps extends Pick<ILogViewProps, 'found' | 'current' | 'cellLabel' | 'goTo'> {
  readonly number: number;
  readonly version: number;
  readonly lines: readonly ILine[];
  /** The index of the first line, as matches count. */
  readonly offset: number;
}

const Block = memo(
  function Block(props: IBlockProps): JSX.Element {
    return (
      <span className="jp-nbflow-Log-block" data-block={props.number}>
        {props.lines.map((line, index) => (
          <BlockLine key={index} {...props} line={line} index={index} />
        ))}
      </span>
    );
  },
  (before, now) =>
    before.number === now.number &&
    before.version === now.version &&
    before.lines.length === now.lines.length &&
    before.offset === now.offset &&
    before.found === now.found &&
    before.current === now.current
);

function BlockLine(props: IBlockProps & { line: ILine; index: number }): JSX.Element {
  const { line, index, found } = props;
  const at = props.offset + index;
  const mine = found.slice(firstFrom(found, at), firstFrom(found, at + 1));
  return (
    <>
      {line.first && line.cell && (
        <span className="jp-nbflow-Log-cell">
          <button className="jp-nbflow-link" onClick={() => props.goTo(line.cell)}>
            {props.cellLabel(line.cell)}
          </button>
        </span>
      )}
      <Line
        line={line}
        number={props.number * BLOCK + index + 1}
        found={mine}
        current={props.current}
      />
    </>
  );
}

/** The heights of all blocks: measured where a block was in the document, else counted by its rows. */
function useHeights(
  terminal: Terminal,
  lines: readonly ILine[],
  wrap: boolean,
  scroller: React.RefObject<HTMLElement>
): number[] {
  const [, again] = useReducer((known: number) => known + 1, 0);
  const grid = useRef({ row: LINE, columns: Infinity });
  const measured = useRef(new Map<number, { height: number; lines: number }>());
  const first = terminal.dropped / BLOCK;
  const linesIn = (block: number) => Math.min(lines.length - block * BLOCK, BLOCK);

  useLayoutEffect(() => {
    const now = gridOf(scroller.current!, wrap);
    let changed = now.row !== grid.current.row || now.columns !== grid.current.columns;
    if (changed) {
      grid.current = now;
      measured.current.clear();
    }
    scroller.current!.querySelectorAll<HTMLElement>('[data-block]').forEach(node => {
      const number = Number(node.dataset.block);
      const [height, count] = [node.offsetHeight, linesIn(number - first)];
      const known = measured.current.get(number);
      if (height > 0 && (known?.height !== height || known.lines !== count)) {
        measured.current.set(number, { height, lines: count });
        changed = true;
      }
    });
    if (changed) {
      again();
    }
  });

  useLayoutEffect(() => measured.current.clear(), [terminal]);
  const { row, columns } = grid.current;
  return Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, block) => {
    const known = measured.current.get(first + block);
    if (known?.lines === linesIn(block)) {
      return known.height;
    }
    return rowsOf(lines.slice(block * BLOCK, (block + 1) * BLOCK), columns) * row;
  });
}

/** How high a row is, and how many columns it has where lines are wrapped. */
function gridOf(scroller: HTMLElement, wrap: boolean): { row: number; columns: number } {
  const probe = scroller.querySelector<HTMLElement>('.jp-nbflow-Log-probe')!;
  const room = scroller.querySelector('.jp-nbflow-Line-text')?.clientWidth ?? 0;
  const column = probe.getBoundingClientRect().width / PROBE.length;
  const columns =
    wrap && column > 0 && room > 0 ? Math.max(Math.floor(room / column), 1) : Infinity;
  return { row: probe.offsetHeight || LINE, columns };
}

/** What is measured for the width of a column. */
const PROBE = '0'.repeat(50);

/** Bring the match that was chosen into sight, once. */
function useReveal(
  scroller: React.RefObject<HTMLElement>,
  current: IMatch | null,
  heights: readonly number[],
  first: number
): void {
  const shown = useRef('');
  const sought = current ? `${first * BLOCK + current.line}:${current.start}` : '';
  useLayoutEffect(() => {
    if (!current || sought === shown.current) {
      return;
    }
    const mark = scroller.current!.querySelector('mark.jp-mod-current');
    if (mark) {
      shown.current = sought;
      mark.scrollIntoView({ block: 'center', inline: 'nearest' });
      return;
    }
    // Its block is not in the document yet: go near to it, and look again when it is.
    const block = Math.floor(current.line / BLOCK);
    const within = (heights[block] ?? 0) * ((current.line % BLOCK) / BLOCK);
    scroller.current!.scrollTop = offset(heights, block) + within;
  });
}
