// The notebook of a run as a pipeline, as it is now: for the edges between its steps, and its cells' numbers.

import { useLoaded } from '../parts/useLoaded';
import { useSignal } from '../parts/useSignal';
import type { Analysis, Run } from '../schema';
import type { IContext } from './context';

/** That of the open notebook, else that of the file; null before it is known, or where there is none. */
export function usePipeline(context: IContext, run: Run | null): Analysis | null {
  const { client, notebooks } = context.nbflow;
  const open = run && notebooks.at(run.notebook);
  useSignal(open?.changed);
  const known = open?.analysis ?? null;
  const path = run?.notebook ?? '';
  const loaded = useLoaded(run && !known ? path : null, signal => client.analysisAt(path, signal));
  return known ?? loaded.value;
}
