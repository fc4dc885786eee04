// The plugins of nbflow for JupyterLab.

import { models } from './lab/models';
import { panel } from './panel/plugin';

export default [models, panel];
export * from './tokens';
