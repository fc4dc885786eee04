// How long something took, or has taken up to now.

import { useEffect, useReducer, type JSX } from 'react';

/** "0.4 s", "12 s", "1:12", "1:02:03". */
export function duration(seconds: number): string {
  if (seconds < 9.95) {
    return `${Math.max(0, seconds).toFixed(1)} s`;
  }
  return seconds < 59.5 ? `${Math.round(seconds)} s` : clock(seconds);
}

/** "0:04", "1:12", "1:02:03": as a clock counts. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const end = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${end}` : `${minutes}:${end}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** The time of something: it counts up while it is `running`, and stays when it has ended. */
export function Elapsed(props: {
  started: number | null;
  seconds: number | null;
  running: boolean;
}): JSX.Element | null {
  const { started, seconds, running } = props;
  useSeconds(running && started !== null);
  if (running) {
    return started === null ? null : <time>{clock(Date.now() / 1000 - started)}</time>;
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
