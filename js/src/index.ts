// The plugins of nbflow for JupyterLab.

import { cells } from './cells/plugin';
import { models } from './lab/models';
import { commands } from './panel/commands';
import { panel } from './panel/plugin';
import { runPage } from './runpage/plugin';

export default [models, commands, panel, cells, runPage];
export * from './tokens';
