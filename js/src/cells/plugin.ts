// What nbflow shows in notebooks.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { INbflow } from '../tokens';
import { NotebookBadges } from './badges';
import { addCommands } from './commands';
import { StepEditor } from './editor/widget';
import { CellSettings } from './settings';

/** Settings of all plugins of nbflow are those of this one. */
const SETTINGS = 'nbflow:plugin';

export const cells: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:cells',
  description: 'Shows in notebooks which step each cell belongs to.',
  autoStart: true,
  requires: [INbflow, INotebookTracker],
  optional: [ISettingRegistry, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    tracker: INotebookTracker,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const settings = new CellSettings(registry, SETTINGS);
    const dress = (panel: NotebookPanel) => {
      const model = nbflow.notebookOf(panel);
      new NotebookBadges(panel, model, settings, trans);
    };
    tracker.forEach(dress);
    tracker.widgetAdded.connect((_, panel) => dress(panel));
    const editor = new StepEditor(nbflow, tracker, settings, trans);
    addCommands(app, settings, editor, palette, trans);
  }
};
