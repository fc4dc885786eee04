// Comparisons in JupyterLab.

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { addDocuments, textOf } from '../lab/documents';
import { ComparisonModel } from '../model/comparison';
import { CommandIDs, INbflow } from '../tokens';
import { Body } from './body';
import type { IContext } from './context';

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
    addDocuments<ComparisonModel>(app, restorer, {
      name: 'nbflow-compare',
      command: CommandIDs.compare,
      label: trans.__('Compare Runs'),
      open: ({ folder, runs }) =>
        new ComparisonModel(
          nbflow.client,
          textOf(folder),
          (Array.isArray(runs) ? runs : []).map(textOf).filter(Boolean)
        ),
      args: ({ folder, ids }) => ({ folder, runs: [...ids] }),
      // The same runs are one document, whichever of them is the base.
      key: ({ folder, ids }) => `${folder}:${[...ids].sort().join(',')}`,
      title: ({ ids }) => {
        const runs = ids.join(', ');
        return [trans.__('Runs %1', runs), trans.__('Runs %1 side by side', runs)];
      },
      body: model => <Body model={model} context={context} />
    });
  }
};
