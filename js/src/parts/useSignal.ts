// React, told by signals.

import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer } from 'react';

/** Render anew whenever the signal is emitted; counts how often that was. */
export function useSignal<S, A>(signal: ISignal<S, A> | undefined): number {
  const [count, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (signal === undefined) {
      return;
    }
    const told = () => again();
    signal.connect(told);
    again();
    return () => {
      signal.disconnect(told);
    };
  }, [signal]);
  return count;
}
