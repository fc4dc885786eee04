// The widget of a run page: it watches the run while it is in sight.

import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { JSX } from 'react';

import { Body } from './body';
import type { IContext } from './context';
import type { PageModel } from './page';

export class RunPage extends ReactWidget {
  constructor(
    readonly model: PageModel,
    private readonly _context: IContext
  ) {
    super();
    this.addClass('jp-nbflow-Run');
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    this._follow(false);
    super.dispose();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._follow(this.isVisible);
  }

  protected override onBeforeDetach(msg: Message): void {
    this._follow(false);
    super.onBeforeDetach(msg);
  }

  protected override onAfterShow(): void {
    this._follow(true);
  }

  protected override onAfterHide(): void {
    this._follow(false);
  }

  protected override onActivateRequest(): void {
    if (!this.node.contains(document.activeElement)) {
      this.node.focus();
    }
  }

  protected override render(): JSX.Element {
    return <Body page={this.model} context={this._context} />;
  }

  private _follow(visible: boolean): void {
    if (visible === (this._watching !== null)) {
      return;
    }
    this._watching?.dispose();
    this._watching = visible ? this.model.run.watch() : null;
    this.model.visible = visible;
  }

  private _watching: IDisposable | null = null;
}
