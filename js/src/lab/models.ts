// The models, fed with the notebooks that are open in JupyterLab.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';

import { Client } from '../client';
import { NotebooksModel } from '../model/notebooks';
import { RunsModel } from '../model/runs';
import { INbflow } from '../tokens';
import { PanelSource } from './source';

export const models: JupyterFrontEndPlugin<INbflow> = {
  id: 'nbflow:models',
  description: 'Keeps the notebooks that are open, and runs, as pipelines.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: INbflow,
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker): INbflow => {
    const client = new Client(app.serviceManager.serverSettings);
    const runs = new RunsModel(client);
    const notebooks = new NotebooksModel(client, runs);
    const sources = new WeakMap<NotebookPanel, PanelSource>();
    const sourceOf = (panel: NotebookPanel): PanelSource => {
      const found = sources.get(panel) ?? new PanelSource(panel);
      sources.set(panel, found);
      return found;
    };
    tracker.forEach(panel => notebooks.open(sourceOf(panel)));
    tracker.widgetAdded.connect((_, panel) => notebooks.open(sourceOf(panel)));
    const bring = () => notebooks.bring(tracker.currentWidget && sourceOf(tracker.currentWidget));
    tracker.currentChanged.connect(bring);
    bring();
    return { client, runs, notebooks, notebookOf: panel => notebooks.open(sourceOf(panel)) };
  }
};
