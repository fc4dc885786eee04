// The plugins of nbflow for JupyterLab.

import { cells } from './cells/plugin';
import { compare } from './compare/plugin';
import { models } from './lab/models';
import { commands } from './panel/commands';
import { panel } from './panel/plugin';
import { status } from './panel/status';

export default [models, commands, panel, status, cells, compare];
export * from './tokens';
