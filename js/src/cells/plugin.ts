// What nbflow shows in notebooks.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { INbflow } from '../tokens';
import { NotebookBadges } from './badges';
import { addCommands } from './commands';
import { StepEditor } from './editor/widget';
import { NotebookFailures } from './failure/notebook';
import { tell } from './findings/dialog';
import { FindingMarks } from './findings/extension';
import { markFindings } from './findings/notebook';
import { CellSettings } from './settings';

/** Settings of all plugins of nbflow are those of this one. */
const SETTINGS = 'nbflow:plugin';

export const cells: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:cells',
  description: 'Shows in notebooks which step each cell belongs to.',
  autoStart: true,
  requires: [INbflow, INotebookTracker],
  optional: [ISettingRegistry, ITranslator, ICommandPalette, IEditorExtensionRegistry],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    tracker: INotebookTracker,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    editors: IEditorExtensionRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const settings = new CellSettings(registry, SETTINGS);
    const marks = new FindingMarks(trans, (cell, mark, at) => {
      const found = tracker.find(panel => panel.content.widgets.some(each => each.model === cell));
      const widget = found?.content.widgets.find(each => each.model === cell);
      if (found && widget) {
        const back = () => widget.editor?.focus();
        tell(nbflow.notebookOf(found), mark, at, trans, back);
      }
    });
    editors?.addExtension(marks.factory);
    const dress = (panel: NotebookPanel) => {
      const model = nbflow.notebookOf(panel);
      new NotebookBadges(panel, model, settings, trans);
      new NotebookFailures(panel, model, app.commands, trans);
      markFindings(panel, model, marks, settings);
    };
    tracker.forEach(dress);
    tracker.widgetAdded.connect((_, panel) => dress(panel));
    const editor = new StepEditor(nbflow, tracker, settings, trans, cell => marks.open(cell.model));
    const findings = () => {
      const { activeCell } = tracker;
      return activeCell !== null && marks.open(activeCell.model);
    };
    addCommands(app, { settings, editor, findings }, palette, trans);
  }
};
