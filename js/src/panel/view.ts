// What every part of the panel needs of JupyterLab.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { NotebookModel } from '../model/notebook';

export interface IView {
  readonly model: NotebookModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The properties of a part of the panel. */
export interface IPart {
  readonly view: IView;
}
