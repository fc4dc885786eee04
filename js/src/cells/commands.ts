// The commands on what notebooks show.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../tokens';
import type { CellSettings } from './settings';

export function addCommands(
  app: JupyterFrontEnd,
  settings: CellSettings,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.toggleBadges, {
    label: trans.__('Show the Steps at the Cells'),
    isToggled: () => settings.badges !== 'never',
    execute: () => settings.set('badges', settings.badges === 'never' ? 'tagged' : 'never')
  });
  settings.changed.connect(() => app.commands.notifyCommandChanged(CommandIDs.toggleBadges));
  palette?.addItem({ command: CommandIDs.toggleBadges, category: trans.__('nbflow') });
}
