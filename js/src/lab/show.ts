// Showing a document of nbflow in the main area, or where there is room.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Widget } from '@lumino/widgets';

/** Show the widget in the main area; where that holds the notebook alone, as in Notebook 7, below it. */
export function show(
  shell: JupyterFrontEnd.IShell,
  widget: Widget,
  options: DocumentRegistry.IOpenOptions
): void {
  void shell.add(widget, 'main', options);
  if (widget.parent === null) {
    void shell.add(widget, 'down');
    shell.activateById(widget.id);
  }
}
