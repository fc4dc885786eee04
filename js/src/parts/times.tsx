// A time that counts up.

import { useEffect, useReducer, type JSX } from 'react';

import { serverClock } from '../clock';
import { clock, duration } from '../model/format';

/** The time of something: it counts up while it is `running`, and stays when it has ended. */
export function Elapsed(props: {
  started: number | null;
  seconds: number | null;
  running: boolean;
}): JSX.Element | null {
  const { started, seconds, running } = props;
  useSeconds(running && started !== null);
  if (running) {
    return started === null ? null : <time>{clock(serverClock.now() - started)}</time>;
  }
  return seconds === null ? null : <time>{duration(seconds)}</time>;
}

const tickers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Render anew each second; one timer does it for all. */
function useSeconds(active: boolean): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!active) {
      return;
    }
    tickers.add(again);
    timer ??= setInterval(() => tickers.forEach(each => each()), 1000);
    return () => {
      tickers.delete(again);
      if (tickers.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    };
  }, [active]);
}
