// Run pages in JupyterLab: documents of the main area that are there again after a reload.

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IRunRef } from '../client';
import { textOf } from '../lab/documents';
import { nbflowIcon } from '../lab/icons';
import { show } from '../lab/show';
import { CommandIDs, INbflow } from '../tokens';
import { Context } from './actions';
import type { IContext } from './context';
import { PageModel } from './page';
import { RunPage } from './widget';

type Page = MainAreaWidget<RunPage>;

export const runPage: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:run-page',
  description: 'Shows a run in the main area: its steps, logs, outputs, variables and code.',
  autoStart: true,
  requires: [INbflow, INotebookTracker, IRenderMimeRegistry],
  optional: [ITranslator, ILayoutRestorer, IEditorLanguageRegistry],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    notebooks: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    languages: IEditorLanguageRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const context = new Context(app, nbflow, trans, rendermime, languages);
    const pages = new WidgetTracker<Page>({ namespace: 'nbflow-run' });
    app.commands.addCommand(CommandIDs.openRun, {
      label: trans.__('Show the Run'),
      execute: args => {
        const [ref, step] = asked(args);
        const known = pages.find(each => isOf(each, ref));
        if (known) {
          if (step !== null) {
            known.content.model.choose(step);
          }
          app.shell.activateById(known.id);
          return known;
        }
        const made = pageOf(ref, step, context);
        made.content.model.changed.connect(() => void pages.save(made));
        show(app.shell, made, place(pages, notebooks));
        void pages.add(made);
        return made;
      }
    });
    if (restorer) {
      void restorer.restore(pages, {
        command: CommandIDs.openRun,
        name: ({ content }) => `${content.model.run.ref.folder}/${content.model.run.ref.id}`,
        args: ({ content }) => ({ ...content.model.run.ref, step: content.model.chosen })
      });
    }
  }
};

/** The run and the step that the arguments of the command name. */
function asked(args: ReadonlyPartialJSONObject): [IRunRef, string | null] {
  return [{ id: textOf(args.id), folder: textOf(args.folder) }, textOf(args.step) || null];
}

function isOf(page: Page, { id, folder }: IRunRef): boolean {
  const { ref } = page.content.model.run;
  return ref.id === id && ref.folder === folder;
}

function pageOf(ref: IRunRef, step: string | null, context: IContext): Page {
  const model = new PageModel(context.nbflow.runs.open(ref), step);
  const page = new MainAreaWidget({ content: new RunPage(model, context) });
  page.id = `nbflow-run-${ref.folder}-${ref.id}`;
  page.toolbar.hide();
  page.title.closable = true;
  page.title.icon = nbflowIcon;
  const name = () => {
    const notebook = model.run.run?.notebook;
    page.title.label = context.trans.__('Run %1', ref.id);
    page.title.caption = notebook
      ? context.trans.__('Run %1 of %2', ref.id, notebook)
      : page.title.label;
  };
  model.run.changed.connect(name);
  page.disposed.connect(() => model.run.changed.disconnect(name));
  name();
  return page;
}

/** Beside the notebook, as a tab of run pages that are there already. */
function place(pages: WidgetTracker<Page>, notebooks: INotebookTracker) {
  const known = pages.currentWidget;
  if (known?.isAttached) {
    return { mode: 'tab-after', ref: known.id } as const;
  }
  const notebook = notebooks.currentWidget;
  return notebook?.isVisible ? ({ mode: 'split-right', ref: notebook.id } as const) : {};
}
