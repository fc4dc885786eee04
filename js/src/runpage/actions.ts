// What run pages ask JupyterLab to do.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRunRef } from '../client';
import type { RunModel } from '../model/run';
import { CommandIDs, type INbflow } from '../tokens';
import type { IContext } from './context';

export class Context implements IContext {
  constructor(
    private readonly _app: JupyterFrontEnd,
    readonly nbflow: INbflow,
    readonly trans: TranslationBundle,
    readonly rendermime: IRenderMimeRegistry,
    readonly languages: IEditorLanguageRegistry | null
  ) {}

  goTo(run: RunModel, cell: string): void {
    const path = run.run?.notebook;
    if (path && this._app.commands.hasCommand(CommandIDs.goTo)) {
      void this._app.commands.execute(CommandIDs.goTo, { path, cell });
    } else {
      this.openNotebook(run);
    }
  }

  openNotebook(run: RunModel): void {
    void this._app.commands.execute('docmanager:open', { path: run.run?.notebook });
  }

  openRun(ref: IRunRef): void {
    void this._app.commands.execute(CommandIDs.openRun, { ...ref });
  }

  async resume(run: RunModel, step = ''): Promise<void> {
    this._show(await this.nbflow.runs.resume(run.ref, step), run.run?.notebook ?? '');
  }

  async again(run: RunModel): Promise<void> {
    const known = run.run;
    if (known === null) {
      return;
    }
    const notebook = this.nbflow.notebooks.at(known.notebook);
    if (notebook?.source.dirty) {
      await notebook.source.save();
    }
    const order = {
      path: known.notebook,
      parameters: known.parameters,
      engine: known.profile || 'local',
      image: '',
      fresh: false
    };
    this._show(await this.nbflow.runs.start(order), known.notebook);
  }

  /** Show a run that has just begun, at the cells of its notebook as well. */
  private _show(run: RunModel, notebook: string): void {
    this.nbflow.notebooks.at(notebook)?.show(run);
    this.openRun(run.ref);
  }
}
