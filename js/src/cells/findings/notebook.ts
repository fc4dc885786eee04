// The findings of one open notebook, handed to the editors of its cells.

import type { NotebookPanel } from '@jupyterlab/notebook';

import type { NotebookModel } from '../../model/notebook';
import type { CellSettings } from '../settings';
import type { FindingMarks } from './extension';
import { marksOf } from './marks';

/** Keep the marks in the notebook's cells as its analysis has them. */
export function markFindings(
  panel: NotebookPanel,
  model: NotebookModel,
  marks: FindingMarks,
  settings: CellSettings
): void {
  let shown: unknown = null;
  const show = () => {
    const { analysis } = model;
    // A notebook without tags of steps is left alone until the user asks for steps.
    const asked = settings.badges === 'always' || !!analysis?.cells.some(cell => cell.own);
    const found = settings.findings && asked ? analysis : null;
    if (found === shown) {
      return;
    }
    shown = found;
    for (const { model: cell } of panel.content.widgets) {
      marks.set(cell, found === null ? [] : marksOf(model.findingsOf(cell.id)));
    }
  };
  model.changed.connect(show);
  settings.changed.connect(show);
  panel.disposed.connect(() => {
    model.changed.disconnect(show);
    settings.changed.disconnect(show);
  });
  show();
}
