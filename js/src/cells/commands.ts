// The commands on what notebooks show.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../tokens';
import type { StepEditor } from './editor/widget';
import type { CellSettings } from './settings';

export function addCommands(
  app: JupyterFrontEnd,
  settings: CellSettings,
  editor: StepEditor,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.toggleBadges, {
    label: trans.__('Show the Steps at the Cells'),
    isToggled: () => settings.badges !== 'never',
    execute: () => settings.set('badges', settings.badges === 'never' ? 'tagged' : 'never')
  });
  app.commands.addCommand(CommandIDs.editStep, {
    label: trans.__('Edit the Step of the Cell'),
    execute: () => editor.edit()
  });
  app.commands.addCommand(CommandIDs.toggleEditor, {
    label: trans.__('Show the Editor of the Active Cell’s Step'),
    isToggled: () => settings.editor !== 'never',
    execute: () => settings.set('editor', settings.editor === 'never' ? 'tagged' : 'never')
  });
  const toggles = [CommandIDs.toggleBadges, CommandIDs.toggleEditor];
  settings.changed.connect(() => toggles.forEach(id => app.commands.notifyCommandChanged(id)));
  for (const command of [CommandIDs.editStep, ...toggles]) {
    palette?.addItem({ command, category: trans.__('nbflow') });
  }
}
