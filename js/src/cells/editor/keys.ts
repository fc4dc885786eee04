// Keys in the editor: the notebook's one-letter shortcuts are not meant there.

const SUPPRESS = 'data-lm-suppress-shortcuts';

/** Let no shortcut fire in the element but those with Ctrl, Alt or the command key (save, the palette, ...). */
export function unshortcut(node: HTMLElement): void {
  const leave = () => window.removeEventListener('keydown', choose, true);
  const choose = (event: KeyboardEvent) => {
    // Not every browser tells that the focus has gone when what had it is taken out of the page.
    if (!node.contains(event.target as Node)) {
      leave();
      return;
    }
    const held = event.ctrlKey || event.altKey || event.metaKey;
    // Lumino asks the focused element before those around it, and shortcuts may mean that one.
    (event.target as Element).toggleAttribute(SUPPRESS, !held);
  };
  // JupyterLab listens at the document while the event comes down, so this has to be before it.
  node.addEventListener('focusin', () => window.addEventListener('keydown', choose, true));
  node.addEventListener('focusout', leave);
}
