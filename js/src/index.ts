// The plugins of nbflow for JupyterLab.

import { cells } from './cells/plugin';
import { models } from './lab/models';
import { panel } from './panel/plugin';

export default [models, panel, cells];
export * from './tokens';
