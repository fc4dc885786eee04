// The side panel in JupyterLab.

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { nbflowIcon } from '../lab/icons';
import { CommandIDs, INbflow } from '../tokens';
import { Sidebar } from './sidebar';

export const panel: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:plugin',
  description: 'The side panel that shows the notebook in front as a pipeline.',
  autoStart: true,
  requires: [INbflow],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const sidebar = new Sidebar(nbflow.notebooks, trans);
    sidebar.id = 'nbflow-panel';
    sidebar.title.icon = nbflowIcon;
    sidebar.title.caption = trans.__('nbflow');
    app.shell.add(sidebar, 'left', { rank: 900, type: 'nbflow' });
    restorer?.add(sidebar, sidebar.id);
    app.commands.addCommand(CommandIDs.panel, {
      label: trans.__('Show the Pipeline of the Notebook'),
      execute: () => app.shell.activateById(sidebar.id)
    });
    palette?.addItem({ command: CommandIDs.panel, category: trans.__('nbflow') });
  }
};
