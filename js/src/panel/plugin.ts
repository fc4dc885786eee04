// The side panel in JupyterLab, and what is set of it.

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { nbflowIcon } from '../lab/icons';
import { CommandIDs, INbflow } from '../tokens';
import { Sidebar } from './sidebar';

/** Settings, menus, buttons of the notebook's toolbar and keys are in the schema of this plugin. */
const PLUGIN = 'nbflow:plugin';

export const panel: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'The side panel that shows the notebook in front as a pipeline.',
  autoStart: true,
  requires: [INbflow],
  optional: [ITranslator, ILayoutRestorer, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    registry: ISettingRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const sidebar = new Sidebar(nbflow.notebooks, app.commands, trans);
    sidebar.id = 'nbflow-panel';
    sidebar.title.icon = nbflowIcon;
    sidebar.title.caption = trans.__('Pipeline');
    sidebar.node.setAttribute('role', 'region');
    sidebar.node.setAttribute('aria-label', trans.__('Pipeline'));
    app.shell.add(sidebar, 'left', { rank: 900, type: 'nbflow' });
    restorer?.add(sidebar, sidebar.id);
    app.commands.addCommand(CommandIDs.panel, {
      label: args => (args.toolbar ? '' : trans.__('Show Pipeline')),
      caption: trans.__('Show the notebook as a pipeline'),
      icon: nbflowIcon,
      execute: args => {
        app.shell.activateById(sidebar.id);
        if (args.focus !== false) {
          sidebar.focus();
        }
      },
      describedBy: { args: { type: 'object', properties: { focus: { type: 'boolean' } } } }
    });
    void registry?.load(PLUGIN).then(settings => {
      const apply = () => {
        nbflow.runs.engines.preferred = settings.get('defaultEngine').composite as string;
      };
      settings.changed.connect(apply);
      apply();
    });
  }
};
