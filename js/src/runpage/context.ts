// What the parts of a run page need of JupyterLab, and what they ask it to do.

import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRunRef } from '../client';
import type { RunModel } from '../model/run';
import type { INbflow } from '../tokens';

export interface IContext {
  readonly nbflow: INbflow;
  readonly trans: TranslationBundle;
  readonly rendermime: IRenderMimeRegistry;
  /** Colours code; null where JupyterLab has no editors. */
  readonly languages: IEditorLanguageRegistry | null;
  /** Show a cell of the run's notebook. */
  goTo(run: RunModel, cell: string): void;
  openNotebook(run: RunModel): void;
  /** Show the batch that a run belongs to. */
  openBatch(name: string, folder: string): void;
  openRun(ref: IRunRef): void;
  /** Go on where the run has ended, or from a step, and show the new run. */
  resume(run: RunModel, step?: string): Promise<void>;
  /** Bring the beginning of a step into the notebook's kernel, in a console where it can be seen. */
  load(run: RunModel, step: string): Promise<void>;
  /** Run the notebook once more with the same parameters, and show the new run. */
  again(run: RunModel): Promise<void>;
}
