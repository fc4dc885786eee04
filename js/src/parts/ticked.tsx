// Runs of a list that are ticked, to be seen side by side.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { useState, type JSX } from 'react';

import { CommandIDs } from '../tokens';

/** What is ticked, and what ticks something or does so no more. */
export function useTicks(): [ReadonlySet<string>, (id: string) => void] {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const tick = (id: string) => {
    const next = new Set(ticked);
    if (!next.delete(id)) {
      next.add(id);
    }
    setTicked(next);
  };
  return [ticked, tick];
}

/** Two or more runs can be compared. */
export function CompareRuns(props: {
  folder: string;
  runs: string[];
  commands: CommandRegistry;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { folder, runs, commands, trans } = props;
  if (runs.length === 0) {
    return null;
  }
  const able = runs.length > 1 && commands.hasCommand(CommandIDs.compare);
  const compare = () => void commands.execute(CommandIDs.compare, { folder, runs });
  return (
    <div className="jp-nbflow-compare" role="status">
      <button
        className="jp-nbflow-button"
        aria-disabled={!able}
        onClick={able ? compare : undefined}
      >
        {trans.__('Compare')}
      </button>
      {runs.length === 1
        ? trans.__('Tick another run to compare.')
        : trans._n('%1 run', '%1 runs', runs.length)}
    </div>
  );
}
