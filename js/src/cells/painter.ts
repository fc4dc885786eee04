// Badges as attributes of the cells' nodes, which the style sheet shows. The nodes live as long as the cells, in every
// windowing mode, and no child of theirs is touched.

import type { Cell } from '@jupyterlab/cells';

/** What is written at a node; what is null is taken away. */
export interface IPaint {
  readonly role: string | null;
  readonly own: boolean;
  /** The text of the badge; "" for a cell that shows the colour alone. */
  readonly text: string;
  readonly spoken: string;
  readonly hue: number | null;
  /** The state of its step, as it is shown. */
  readonly state: string | null;
}

export const NOTHING: IPaint = {
  role: null,
  own: false,
  text: '',
  spoken: '',
  hue: null,
  state: null
};

const HUE = '--jp-nbflow-hue';

/** Write what is not there yet. */
export function paint(cell: Cell, wanted: IPaint): void {
  const { node } = cell;
  attribute(node, 'data-nbflow-role', wanted.role);
  attribute(node, 'data-nbflow-by', wanted.role && (wanted.own ? 'tag' : 'place'));
  attribute(node, 'data-nbflow-badge', wanted.text || null);
  attribute(node, 'data-nbflow-state', wanted.state);
  attribute(node, 'aria-description', wanted.spoken || null);
  const hue = wanted.hue === null ? '' : String(wanted.hue);
  if (node.style.getPropertyValue(HUE) !== hue) {
    node.style.setProperty(HUE, hue);
  }
}

function attribute(node: HTMLElement, name: string, value: string | null): void {
  if (node.getAttribute(name) === value) {
    return;
  }
  if (value === null) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value);
  }
}
