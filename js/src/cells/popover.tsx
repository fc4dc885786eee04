// A small dialog beside an element, which lets the user go on with the page.

import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type JSX,
  type KeyboardEvent,
  type ReactNode
} from 'react';

const STOPS = 'input:not(:disabled), select:not(:disabled), button:not(:disabled), a[href]';

/** What lies above the page beside an element; Escape and a click elsewhere close it. */
export function Popover(props: {
  anchor: () => HTMLElement | null;
  label: string;
  close: () => void;
  gone: () => void;
  children: ReactNode;
}): JSX.Element {
  const { anchor, label, close, gone, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<CSSProperties>({ opacity: 0 });
  useLayoutEffect(() => {
    setPlace(beside(anchor(), box.current!));
    box.current!.querySelector<HTMLElement>(STOPS)?.focus({ preventScroll: true });
    // It stays where it was opened.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => {
    const elsewhere = (event: Event) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor()?.contains(target)) {
        // What was typed is kept, as when a field is left.
        if (box.current?.contains(document.activeElement)) {
          (document.activeElement as HTMLElement).blur();
        }
        gone();
      }
    };
    document.addEventListener('pointerdown', elsewhere, true);
    return () => document.removeEventListener('pointerdown', elsewhere, true);
  }, [anchor, gone]);
  return (
    <div
      ref={box}
      className="jp-nbflow-Popover"
      role="dialog"
      aria-label={label}
      style={place}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          close();
        }
        around(event, box.current!);
      }}
    >
      {children}
    </div>
  );
}

/** Below the element, or above it where there is no room; not out of the window. */
function beside(anchor: HTMLElement | null, box: HTMLElement): CSSProperties {
  const at = anchor?.getBoundingClientRect() ?? new DOMRect();
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + 4;
  const top = below + height > window.innerHeight ? Math.max(at.top - height - 4, 4) : below;
  const left = Math.min(at.left, window.innerWidth - width - 8);
  return { top, left: Math.max(left, 4) };
}

/** Tab goes round in the box. */
function around(event: KeyboardEvent, box: HTMLElement): void {
  if (event.key !== 'Tab') {
    return;
  }
  const stops = [...box.querySelectorAll<HTMLElement>(STOPS)];
  const [from, to] = event.shiftKey
    ? [stops[0], stops[stops.length - 1]]
    : [stops[stops.length - 1], stops[0]];
  if (document.activeElement === from) {
    event.preventDefault();
    to.focus();
  }
}
