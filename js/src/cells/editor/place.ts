// Where the editor stands: above the input of the active cell. The input stays where it is on the screen.

import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { PanelLayout, Widget } from '@lumino/widgets';

const INPUT = 'jp-Cell-inputWrapper';

/** Whether the cell has its parts already: they are made when it comes into view. */
export function isBuilt(cell: Cell): boolean {
  return inputOf(cell) >= 0;
}

/** Put the editor above the cell's input. */
export function place(editor: Widget, cell: Cell): void {
  (cell.layout as PanelLayout).insertWidget(inputOf(cell), editor);
}

/** Do what changes the height of cells, so that the input of `cell` does not move. */
export function steadily(notebook: Notebook, cell: Cell | null, change: () => void): void {
  const input = cell?.inputArea?.node;
  const scroller = notebook.node.querySelector('.jp-WindowedPanel-outer');
  if (!input?.isConnected || scroller === null) {
    change();
    return;
  }
  // At the beginning of the notebook nothing is to vanish above.
  if (scroller.scrollTop === 0 && notebook.activeCellIndex === 0) {
    change();
    return;
  }
  const before = input.getBoundingClientRect().top;
  change();
  const moved = input.getBoundingClientRect().top - before;
  if (moved !== 0) {
    scroller.scrollTop += moved;
  }
}

/** Where the input stands in the cell; -1 before it is built. */
export function inputOf(cell: Cell): number {
  const widgets = (cell.layout as PanelLayout | null)?.widgets ?? [];
  return widgets.findIndex(widget => widget.hasClass(INPUT));
}
