// What goes on, in the status bar.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { JSX } from 'react';

import { progress, type RunModel } from '../model/run';
import type { RunsModel } from '../model/runs';
import { StateMark } from '../parts/mark';
import { useSignal } from '../parts/useSignal';
import { CommandIDs, INbflow } from '../tokens';

export const status: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:status',
  description: 'Shows in the status bar that a pipeline runs.',
  autoStart: true,
  requires: [INbflow],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    { runs }: INbflow,
    bar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    bar?.registerStatusItem('nbflow:status', {
      item: new StatusItem(runs, app.commands, trans),
      align: 'left',
      rank: 10,
      isActive: () => runs.going.length > 0,
      activeStateChanged: runs.told
    });
  }
};

class StatusItem extends ReactWidget {
  constructor(
    private readonly _runs: RunsModel,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-nbflow-Status');
  }

  protected override render(): JSX.Element {
    return <Status runs={this._runs} commands={this._commands} trans={this._trans} />;
  }
}

function Status(props: {
  runs: RunsModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}): JSX.Element {
  const { runs, commands, trans } = props;
  useSignal(runs.told);
  return (
    <>
      {runs.going.map(run => (
        <button
          key={`${run.ref.folder}/${run.ref.id}`}
          title={trans.__('Run %1 of %2', run.ref.id, run.run?.notebook ?? '')}
          onClick={() => show(run, commands)}
        >
          <StateMark state="running" trans={trans} />
          <span>
            {counted(run, trans)} {PathExt.basename(run.run?.notebook ?? '')}
          </span>
        </button>
      ))}
    </>
  );
}

function counted(run: RunModel, trans: TranslationBundle): string {
  const { done, all } = progress(run.steps);
  return all === 0 ? trans.__('starting') : trans.__('%1/%2 steps', done, all);
}

function show(run: RunModel, commands: CommandRegistry): void {
  const page = commands.hasCommand(CommandIDs.openRun);
  void commands.execute(page ? CommandIDs.openRun : CommandIDs.panel, { ...run.ref });
}
