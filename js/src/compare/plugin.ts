// Comparisons in JupyterLab: documents of the main area that are there again after a reload.

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { nbflowIcon } from '../lab/icons';
import { show } from '../lab/show';
import { ComparisonModel } from '../model/comparison';
import { CommandIDs, INbflow } from '../tokens';
import type { IContext } from './context';
import { ComparisonPage } from './widget';

type Page = MainAreaWidget<ComparisonPage>;

export const compare: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:compare',
  description: 'Shows runs side by side in the main area.',
  autoStart: true,
  requires: [INbflow, IRenderMimeRegistry],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const context: IContext = {
      trans,
      rendermime,
      openRun: (id, folder, step) =>
        void app.commands.execute(CommandIDs.openRun, { id, folder, ...(step && { step }) })
    };
    const pages = new WidgetTracker<Page>({ namespace: 'nbflow-compare' });
    app.commands.addCommand(CommandIDs.compare, {
      label: trans.__('Compare Runs'),
      execute: args => {
        const { folder, ids } = asked(args);
        const name = nameOf(folder, ids);
        const known = pages.find(
          ({ content: { model } }) => nameOf(model.folder, model.ids) === name
        );
        if (known) {
          app.shell.activateById(known.id);
          return known;
        }
        const model = new ComparisonModel(nbflow.client, folder, ids);
        const made = pageOf(model, context);
        model.changed.connect(() => void pages.save(made));
        show(app.shell, made, { mode: 'tab-after', type: 'nbflow-compare' });
        void pages.add(made);
        return made;
      }
    });
    if (restorer) {
      void restorer.restore(pages, {
        command: CommandIDs.compare,
        name: ({ content: { model } }) => nameOf(model.folder, model.ids),
        args: ({ content: { model } }) => ({ folder: model.folder, runs: [...model.ids] })
      });
    }
  }
};

/** The folder and the runs that the arguments of the command name. */
function asked(args: ReadonlyPartialJSONObject): { folder: string; ids: string[] } {
  const folder = typeof args.folder === 'string' ? args.folder : '';
  const runs = Array.isArray(args.runs) ? args.runs : [];
  return { folder, ids: runs.filter((each): each is string => typeof each === 'string') };
}

/** The same runs are one document, whichever of them is the base. */
function nameOf(folder: string, ids: readonly string[]): string {
  return `${folder}:${[...ids].sort().join(',')}`;
}

let made = 0;

function pageOf(model: ComparisonModel, context: IContext): Page {
  const { trans } = context;
  const page = new MainAreaWidget({ content: new ComparisonPage(model, context) });
  page.id = `nbflow-compare-${(made += 1)}`;
  page.title.closable = true;
  page.title.icon = nbflowIcon;
  const name = () => {
    const runs = model.ids.join(', ');
    page.title.label = trans.__('Runs %1', runs);
    page.title.caption = trans.__('Runs %1 side by side', runs);
  };
  model.changed.connect(name);
  name();
  return page;
}
