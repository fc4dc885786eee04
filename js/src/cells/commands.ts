// The commands on what notebooks show.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../tokens';
import type { StepEditor } from './editor/widget';
import type { CellSettings } from './settings';

/** What the commands speak to; `findings` tells those at the cursor, or returns false. */
interface IParts {
  readonly settings: CellSettings;
  readonly editor: StepEditor;
  readonly findings: () => boolean;
}

export function addCommands(
  app: JupyterFrontEnd,
  parts: IParts,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  const { settings, editor, findings } = parts;
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
  app.commands.addCommand(CommandIDs.tellFindings, {
    label: trans.__('Show the Findings at the Cursor'),
    execute: findings
  });
  app.commands.addCommand(CommandIDs.toggleFindings, {
    label: trans.__('Show Findings in the Code'),
    isToggled: () => settings.findings,
    execute: () => settings.set('findings', !settings.findings)
  });
  const toggles = [CommandIDs.toggleBadges, CommandIDs.toggleEditor, CommandIDs.toggleFindings];
  settings.changed.connect(() => toggles.forEach(id => app.commands.notifyCommandChanged(id)));
  for (const command of [CommandIDs.editStep, CommandIDs.tellFindings, ...toggles]) {
    palette?.addItem({ command, category: trans.__('Pipeline') });
  }
}
