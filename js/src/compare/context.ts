// What the parts of the page need of JupyterLab, and what they ask it to do.

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ComparisonModel } from '../model/comparison';
import type { Comparison } from '../schema';

export interface IContext {
  readonly trans: TranslationBundle;
  readonly rendermime: IRenderMimeRegistry;
  openRun(id: string, folder: string, step?: string): void;
}

export interface IPart {
  readonly model: ComparisonModel;
  readonly context: IContext;
  readonly found: Comparison;
}
