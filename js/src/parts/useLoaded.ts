// What has to be asked for, with what is shown until it comes.

import { useCallback, useEffect, useState } from 'react';

import { RequestError } from '../request';

export interface ILoaded<T> {
  readonly value: T | null;
  readonly problem: RequestError | null;
  readonly loading: boolean;
  /** Ask once more. */
  readonly again: () => void;
}

/** What `load` gives; asked for anew when the key is another one, and not at all where that is null. */
export function useLoaded<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>
): ILoaded<T> {
  const [found, setFound] = useState<{ key: string; value?: T; problem?: RequestError }>();
  const [count, setCount] = useState(0);
  const again = useCallback(() => setCount(known => known + 1), []);
  useEffect(() => {
    if (key === null) {
      return;
    }
    const abort = new AbortController();
    load(abort.signal).then(
      value => setFound({ key, value }),
      (error: unknown) => {
        if (abort.signal.aborted) {
          return;
        }
        const problem = error instanceof RequestError ? error : new RequestError(String(error), 0);
        setFound({ key, problem });
      }
    );
    return () => abort.abort();
    // What is loaded is named by the key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, count]);
  const current = found?.key === key ? found : undefined;
  return {
    value: current?.value ?? null,
    problem: current?.problem ?? null,
    loading: key !== null && current === undefined,
    again
  };
}
