// What can be done: a button with an icon and a word, and what came of it.

import { Button, type LabIcon } from '@jupyterlab/ui-components';
import { useState, type JSX, type ReactNode } from 'react';

/** What has gone wrong with the last action, how to begin one, and whether one is under way. */
export function useAction(): [string, (action: () => Promise<unknown>) => void, boolean] {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const act = (action: () => Promise<unknown>) => {
    setProblem('');
    setBusy(true);
    action()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false));
  };
  return [problem, act, busy];
}

export function Action(props: {
  icon: LabIcon;
  act: () => void;
  children: ReactNode;
  title?: string;
  off?: boolean;
}): JSX.Element {
  return (
    <Button
      className="jp-nbflow-Action"
      minimal
      small
      onClick={props.act}
      title={props.title}
      disabled={props.off}
    >
      <props.icon.react tag="span" className="jp-nbflow-icon" />
      {props.children}
    </Button>
  );
}
