// Two panes with a bar between them that moves with the mouse and with the arrows.

import {
  useRef,
  useState,
  type JSX,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode
} from 'react';

const LEAST = 15;
const MOST = 75;

export function Split(props: { left: ReactNode; right: ReactNode; label: string }): JSX.Element {
  const [part, setPart] = useState(38);
  const host = useRef<HTMLDivElement>(null);
  const move = (to: number) => setPart(Math.min(Math.max(to, LEAST), MOST));
  const drag = (event: PointerEvent) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) {
      const { left, top, width, height } = host.current!.getBoundingClientRect();
      const across = getComputedStyle(host.current!).flexDirection === 'row';
      move(
        across ? ((event.clientX - left) / width) * 100 : ((event.clientY - top) / height) * 100
      );
    }
  };
  const key = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      move(part + by);
    }
  };
  return (
    <div className="jp-nbflow-Split" ref={host}>
      <div className="jp-nbflow-Split-first" style={{ flexBasis: `${part}%` }}>
        {props.left}
      </div>
      <div
        className="jp-nbflow-Split-bar"
        role="separator"
        tabIndex={0}
        aria-label={props.label}
        aria-valuenow={Math.round(part)}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={key}
      />
      <div className="jp-nbflow-Split-second">{props.right}</div>
    </div>
  );
}
