// The plugins of nbflow for JupyterLab.

import { batch } from './batch/plugin';
import { cells } from './cells/plugin';
import { compare } from './compare/plugin';
import { models } from './lab/models';
import { commands } from './panel/commands';
import { explanations } from './panel/explanations';
import { panel } from './panel/plugin';
import { status } from './panel/status';
import { runPage } from './runpage/plugin';

export default [models, commands, panel, status, explanations, cells, runPage, compare, batch];
export * from './tokens';
