import { expect, test } from 'vitest';

import { unshortcut } from './keys';

const SUPPRESSED = 'data-lm-suppress-shortcuts';

function press(target: Element, init: KeyboardEventInit = { key: 'b' }): boolean {
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }));
  return target.hasAttribute(SUPPRESSED);
}

test('letters are no shortcuts within, and are again when the part with the focus is gone', () => {
  document.body.innerHTML = '<div><button>in</button></div><input>';
  const [node, outside] = [...document.body.children];
  const button = node.firstElementChild as HTMLElement;
  unshortcut(node as HTMLElement);
  button.focus();
  expect(press(button)).toBe(true);
  expect(press(button, { key: 's', ctrlKey: true })).toBe(false);
  // As in a browser that tells nobody.
  node.addEventListener('focusout', event => event.stopImmediatePropagation(), true);
  node.remove();
  expect(press(outside)).toBe(false);
});
