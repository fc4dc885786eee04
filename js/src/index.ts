// The plugins of nbflow for JupyterLab.

import { cells } from './cells/plugin';
import { models } from './lab/models';
import { commands } from './panel/commands';
import { panel } from './panel/plugin';
import { status } from './panel/status';

export default [models, commands, panel, status, cells];
export * from './tokens';
