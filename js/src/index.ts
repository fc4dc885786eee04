// The plugins of nbflow for JupyterLab.

import { badges } from './cells/plugin';
import { models } from './lab/models';
import { commands } from './panel/commands';
import { panel } from './panel/plugin';
import { status } from './panel/status';

export default [models, commands, panel, status, badges];
export * from './tokens';
