// What run pages ask JupyterLab to do.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import type { IRunRef } from '../client';
import { LOCAL } from '../model/engines';
import type { NotebookModel } from '../model/notebook';
import type { RunModel } from '../model/run';
import { CommandIDs, type INbflow } from '../tokens';
import type { IContext } from './context';

/** What notebooks and consoles have in common: a kernel, soon. */
interface IHasSession extends Widget {
  readonly context?: { readonly sessionContext: { readonly ready: Promise<void> } };
  readonly sessionContext?: { readonly ready: Promise<void> };
}

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

  openBatch(name: string, folder: string): void {
    void this._app.commands.execute(CommandIDs.openBatch, { name, folder });
  }

  openRun(ref: IRunRef): void {
    void this._app.commands.execute(CommandIDs.openRun, { ...ref });
  }

  async resume(run: RunModel, step = ''): Promise<void> {
    const notebook = this._notebook(run);
    if (notebook) {
      this._show(await notebook.resume(run.ref, step), notebook);
    } else {
      this.openRun((await this.nbflow.runs.resume(run.ref, step)).ref);
    }
  }

  async load(run: RunModel, step: string): Promise<void> {
    const { commands, serviceManager } = this._app;
    const path = run.run?.notebook;
    const name = /^[\w./-]+$/.test(step) ? step : JSON.stringify(step);
    const code = `%load_ext nbflow\n%nbflow restore ${run.ref.id} ${name}`;
    if (!commands.hasCommand('console:inject')) {
      Clipboard.copyToSystem(code);
      Notification.info(this.trans.__('Copied: paste it into a cell of the notebook and run it.'));
      return;
    }
    const notebook = (await commands.execute('docmanager:open', { path })) as
      IHasSession | undefined;
    await notebook?.context?.sessionContext.ready;
    const place = { path, ref: notebook?.id, insertMode: 'split-bottom', activate: true };
    await serviceManager.sessions.refreshRunning();
    // One that is open, or on the session that the notebook has: a server gives each path one alone.
    const console = (await commands
      .execute('console:open', place)
      .catch(() => commands.execute('console:create', place))) as IHasSession | undefined;
    await console?.sessionContext?.ready;
    await commands.execute('console:inject', { path, code });
  }

  async again(run: RunModel): Promise<void> {
    if (run.run === null) {
      return;
    }
    const { notebook: path, parameters, profile } = run.run;
    const notebook = this._notebook(run);
    const given = { parameters, engine: profile || LOCAL };
    if (notebook) {
      this._show(await notebook.start(given), notebook);
    } else {
      const started = await this.nbflow.runs.start({ path, image: '', fresh: false, ...given });
      this.openRun(started.ref);
    }
  }

  /** The notebook of a run, where it is open. */
  private _notebook(run: RunModel): NotebookModel | null {
    return run.run && this.nbflow.notebooks.at(run.run.notebook);
  }

  /** Show a run that has just begun; where it has not, its notebook knows why. */
  private _show(run: RunModel | null, { notice, work }: NotebookModel): void {
    if (run) {
      this.openRun(run.ref);
    } else if (notice?.kind === 'failed') {
      throw notice.error;
    } else if (notice?.kind === 'unsaved') {
      throw new Error(this.trans.__('The notebook could not be saved.'));
    } else if (work) {
      throw new Error(this.trans.__('The notebook is at work: try again in a moment.'));
    }
  }
}
