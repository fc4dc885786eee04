// Menus that open below a button of the panel.

import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Menu } from '@lumino/widgets';

/** Open a menu of commands below an element, or above it where there is no room. */
export function openMenu(
  commands: CommandRegistry,
  items: readonly Menu.IItemOptions[],
  below: HTMLElement
): void {
  const menu = new MenuSvg({ commands });
  menu.addClass('jp-nbflow-Menu');
  items.forEach(each => menu.addItem(each));
  // A command is executed after its menu has closed.
  menu.aboutToClose.connect(() => {
    below.focus();
    setTimeout(() => menu.dispose());
  });
  const { left, bottom } = below.getBoundingClientRect();
  menu.open(left, bottom + 1);
  menu.activeIndex = 0;
}
