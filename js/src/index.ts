// The plugins of nbflow for JupyterLab.

import { models } from './lab/models';
import { commands } from './panel/commands';
import { panel } from './panel/plugin';
import { status } from './panel/status';

export default [models, commands, panel, status];
export * from './tokens';
