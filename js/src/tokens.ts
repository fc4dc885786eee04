// What the plugins of nbflow offer one another, and other extensions.

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';

import type { Client } from './client';
import type { NotebookModel } from './model/notebook';
import type { NotebooksModel } from './model/notebooks';
import type { RunsModel } from './model/runs';

/** The models that all views of nbflow show: there is one of each. */
export interface INbflow {
  readonly client: Client;
  readonly runs: RunsModel;
  readonly notebooks: NotebooksModel;
  /** The model of a notebook that is open. */
  notebookOf(panel: NotebookPanel): NotebookModel;
}

export const INbflow = new Token<INbflow>(
  'nbflow:INbflow',
  'The notebooks that are open and the runs that are shown, as pipelines.'
);

export namespace CommandIDs {
  /** Show the side panel. */
  export const panel = 'nbflow:show-panel';
  /** Run the notebook in front as a pipeline. */
  export const run = 'nbflow:run';
  /** Stop the run that is shown in the notebook in front. */
  export const stop = 'nbflow:stop';
  /** Write the notebook in front as the files of a target: `{target: 'kfp' | 'argo' | 'python'}`. */
  export const compile = 'nbflow:compile';
  /** Show a run in the main area: `{id, folder, step?}`. */
  export const openRun = 'nbflow:open-run';
  /** Show runs side by side: `{folder, runs: [id, ...]}`. */
  export const compare = 'nbflow:compare-runs';
  /** Show a batch of runs: `{name, folder}`. */
  export const openBatch = 'nbflow:open-batch';
  /** Propose steps for the notebook in front. */
  export const propose = 'nbflow:propose-steps';
  /** Put the cursor at a place of the notebook: `{path, cell, line?}`. */
  export const goTo = 'nbflow:go-to-cell';
  /** Go on where a run of the notebook in front has failed or was stopped: `{id, folder, path?}`. */
  export const resume = 'nbflow:resume-run';
  /** Enter the parameters of a run for the next one: `{path?, parameters}`. */
  export const fill = 'nbflow:enter-parameters';
  /** Show the states of a run at the cells: `{id, folder, path?}`; without an id those of none. */
  export const showAtCells = 'nbflow:show-at-cells';
  /** Send runs of the notebook in front to an engine: `{engine}`. */
  export const engine = 'nbflow:choose-engine';
  /** Show what a finding means: `{code}`. */
  export const explain = 'nbflow:explain-finding';
  /** Put the cursor into the editor of the active cell's step. */
  export const editStep = 'nbflow:edit-step';
  /** Tell the findings of the line with the cursor. */
  export const tellFindings = 'nbflow:show-findings';
  /** Show findings at their line, or do so no more. */
  export const toggleFindings = 'nbflow:toggle-findings';
  /** Show the steps at the cells, or do so no more. */
  export const toggleBadges = 'nbflow:toggle-badges';
  /** Show the editor of the active cell's step, or only when it is asked for. */
  export const toggleEditor = 'nbflow:toggle-editor';
}
