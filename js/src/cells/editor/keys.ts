// Keys in the editor: the notebook's one-letter shortcuts are not meant there.

const SUPPRESS = 'data-lm-suppress-shortcuts';

/** Let no shortcut fire in the element but those with Ctrl, Alt or the command key (save, the palette, ...). */
export function unshortcut(node: HTMLElement): void {
  const held = (event: KeyboardEvent) => event.ctrlKey || event.altKey || event.metaKey;
  const choose = (event: KeyboardEvent) => node.toggleAttribute(SUPPRESS, !held(event));
  // JupyterLab listens at the document while the event comes down, so this has to be before it.
  node.addEventListener('focusin', () => window.addEventListener('keydown', choose, true));
  node.addEventListener('focusout', () => window.removeEventListener('keydown', choose, true));
}
