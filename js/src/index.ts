// The plugins of nbflow for JupyterLab.

import { models } from './lab/models';
import { panel } from './panel/plugin';
import { runPage } from './runpage/plugin';

export default [models, panel, runPage];
export * from './tokens';
