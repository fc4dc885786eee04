// Batches in JupyterLab.

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { addDocuments, textOf } from '../lab/documents';
import { BatchModel } from '../model/batches';
import { CommandIDs, INbflow } from '../tokens';
import { BatchBody } from './body';

export const batch: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:batch',
  description: 'Shows a batch of runs in the main area: its members as a table, and as plots.',
  autoStart: true,
  requires: [INbflow],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const save = async (path: string) => {
      const source = nbflow.notebooks.at(path)?.source;
      if (source?.dirty) {
        await source.save();
        if (source.dirty) {
          throw new Error(trans.__('The notebook could not be saved.'));
        }
      }
    };
    addDocuments<BatchModel>(app, restorer, {
      name: 'nbflow-batch',
      command: CommandIDs.openBatch,
      label: trans.__('Show the Batch'),
      open: ({ folder, name }) => new BatchModel(nbflow.client, textOf(folder), textOf(name)),
      args: ({ folder, name }) => ({ folder, name }),
      key: ({ folder, name }) => `${folder}/${name}`,
      title: ({ name, found }) => {
        const label = trans.__('Batch %1', name);
        return [label, found ? trans.__('Batch %1 of %2', name, found.notebook) : label];
      },
      body: model => <BatchBody {...{ model, save, trans }} commands={app.commands} />
    });
  }
};
