// Which step has the focus and which one is pointed at, for all steps of a graph by one set of listeners.

import {
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject
} from 'react';

import { isArrow, type Arrow } from './keys';

/** A step or an edge that is pointed at, or has the focus. */
export type Lit = { readonly step: string } | { readonly edge: string } | null;

interface ISteering {
  readonly container: RefObject<HTMLDivElement>;
  /** The step that the tabulator leads to. */
  readonly active: string | undefined;
  readonly lit: Lit;
  readonly listeners: {
    onClick(event: MouseEvent): void;
    onDoubleClick(event: MouseEvent): void;
    onMouseOver(event: MouseEvent): void;
    onMouseLeave(): void;
    onFocus(event: FocusEvent): void;
    onBlur(event: FocusEvent): void;
    onKeyDown(event: KeyboardEvent): void;
  };
}

interface ISteered {
  readonly names: readonly string[];
  readonly selected?: string | null;
  readonly next: (name: string, arrow: Arrow) => string;
  readonly onSelect?: (name: string) => void;
  readonly onOpen?: (name: string) => void;
}

export function useSteering(steered: ISteered): ISteering {
  const { names, selected, next, onSelect } = steered;
  const onOpen = steered.onOpen ?? onSelect;
  const container = useRef<HTMLDivElement>(null);
  const cameFrom = useRef<Element | null>(null);
  const [last, setLast] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const [pointed, setPointed] = useState<Lit>(null);
  const active = [last, selected].find(name => name && names.includes(name)) ?? names[0];

  const focus = (name: string): void => {
    const found = container.current?.querySelector<HTMLElement>(
      `[data-step="${CSS.escape(name)}"]`
    );
    found?.focus({ preventScroll: true });
    found?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const leave = (): void => {
    const back = cameFrom.current;
    if (back instanceof HTMLElement && back.isConnected) {
      back.focus();
    } else {
      (document.activeElement as HTMLElement | null)?.blur();
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const name = stepAt(event);
    if (name === null || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    if (isArrow(event.key)) {
      focus(next(name, event.key));
    } else if (event.key === 'Enter') {
      onOpen?.(name);
    } else if (event.key === ' ') {
      onSelect?.(name);
    } else if (event.key === 'Escape') {
      leave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    container,
    active,
    lit: pointed ?? (focused === null ? null : { step: focused }),
    listeners: {
      onClick: event => withStep(event, name => onSelect?.(name)),
      onDoubleClick: event => withStep(event, name => onOpen?.(name)),
      onMouseOver: event => {
        const found = litAt(event);
        setPointed(known => (isSame(known, found) ? known : found));
      },
      onMouseLeave: () => setPointed(null),
      onFocus: event => {
        if (!container.current?.contains(event.relatedTarget)) {
          cameFrom.current = event.relatedTarget;
        }
        withStep(event, name => {
          setFocused(name);
          setLast(name);
        });
      },
      onBlur: event => {
        if (!container.current?.contains(event.relatedTarget)) {
          setFocused(null);
        }
      },
      onKeyDown
    }
  };
}

/** Whether an edge is pointed at, or has an end that is. */
export function isLit(lit: Lit, key: string, writer: string, reader: string): boolean {
  if (lit === null) {
    return false;
  }
  return 'edge' in lit ? lit.edge === key : lit.step === writer || lit.step === reader;
}

interface IHappening {
  readonly target: EventTarget;
}

function stepAt({ target }: IHappening): string | null {
  return (target as Element).closest('[data-step]')?.getAttribute('data-step') ?? null;
}

function withStep(event: IHappening, then: (name: string) => void): void {
  const name = stepAt(event);
  if (name !== null) {
    then(name);
  }
}

function litAt(event: IHappening): Lit {
  const step = stepAt(event);
  const edge = (event.target as Element).closest('[data-edge]')?.getAttribute('data-edge');
  return step !== null ? { step } : edge ? { edge } : null;
}

function isSame(one: Lit, other: Lit): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
