// The head of the panel: the notebook, and what can be done with it.

import { caretDownIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import { CommandIDs } from '../tokens';
import { openMenu } from './menu';
import type { IPart, IView } from './view';
import { obstacleSentence } from './words';

export function Header({ view }: IPart): JSX.Element {
  const { model, trans } = view;
  const steps = model.analysis?.steps.length;
  return (
    <header className="jp-nbflow-header">
      <div className="jp-nbflow-title">
        <h2 title={model.path}>{model.path.split('/').pop()}</h2>
        <span>{steps === undefined ? '' : trans._n('%1 step', '%1 steps', steps)}</span>
      </div>
      <div className="jp-nbflow-actions" role="toolbar" aria-label={trans.__('Pipeline')}>
        <RunButton view={view} />
        <CompileButton view={view} />
        <StopButton view={view} />
      </div>
      <Obstacle view={view} />
    </header>
  );
}

const REASON = 'nbflow-obstacle';

function RunButton({ view }: IPart): JSX.Element {
  const { model, commands, trans } = view;
  const { obstacle } = model;
  const able = obstacle === null && model.work === null;
  return (
    <span className="jp-nbflow-split">
      <button
        className="jp-nbflow-button jp-mod-accept"
        aria-disabled={!able}
        aria-describedby={obstacle === null ? undefined : REASON}
        title={trans.__('Save the notebook, and run it as a pipeline')}
        onClick={() => able && void commands.execute(CommandIDs.run, { path: model.path })}
      >
        <runIcon.react tag="span" elementSize="normal" />
        {trans.__('Run')}
      </button>
      <button
        className="jp-nbflow-button jp-mod-accept"
        aria-haspopup="menu"
        aria-label={trans.__('Engine: %1', model.engine)}
        title={trans.__('Choose where to run')}
        onClick={event => chooseEngine(view, event.currentTarget)}
      >
        <span className="jp-nbflow-cut">{model.engine}</span>
        <caretDownIcon.react tag="span" elementSize="normal" />
      </button>
    </span>
  );
}

function chooseEngine({ model, commands }: IView, button: HTMLElement): void {
  const { engines } = model.runs;
  // The file with the engines may have been edited since.
  void engines.refresh().then(() => {
    const items = (engines.list ?? []).map(each => ({
      command: CommandIDs.engine,
      args: { engine: each.name, path: model.path }
    }));
    openMenu(commands, items, button);
  });
}

function CompileButton({ view }: IPart): JSX.Element {
  const { model, commands, trans } = view;
  const able = model.work === null && model.analysis !== null;
  const items = ['kfp', 'argo', 'python'].map(target => ({
    command: CommandIDs.compile,
    args: { target, path: model.path, menu: true }
  }));
  return (
    <button
      className="jp-nbflow-button"
      aria-haspopup="menu"
      aria-disabled={!able}
      title={trans.__('Write the notebook as the files of a pipeline')}
      onClick={event => able && openMenu(commands, items, event.currentTarget)}
    >
      {trans.__('Compile')}
      <caretDownIcon.react tag="span" elementSize="normal" />
    </button>
  );
}

function StopButton({ view }: IPart): JSX.Element | null {
  const { model, commands, trans } = view;
  if (!model.run?.goesOn) {
    return null;
  }
  const able = model.work === null;
  return (
    <button
      className="jp-nbflow-button jp-mod-warn"
      aria-disabled={!able}
      title={trans.__('Stop run %1', model.run.ref.id)}
      onClick={() => able && void commands.execute(CommandIDs.stop, { path: model.path })}
    >
      <stopIcon.react tag="span" elementSize="normal" />
      {trans.__('Stop')}
    </button>
  );
}

/** Why the notebook cannot be run just now. */
function Obstacle({ view }: IPart): JSX.Element | null {
  const { model, trans } = view;
  const { obstacle } = model;
  const text = obstacle && obstacleSentence(obstacle, trans);
  return text ? (
    <p id={REASON} className="jp-nbflow-obstacle">
      {text}
    </p>
  ) : null;
}
