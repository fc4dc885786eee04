// The comparison of runs as a widget: it reads while it is in sight.

import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { IDisposable } from '@lumino/disposable';
import type { JSX } from 'react';

import type { ComparisonModel } from '../model/comparison';
import { Body } from './body';
import type { IContext } from './context';

export class ComparisonPage extends ReactWidget {
  constructor(
    readonly model: ComparisonModel,
    private readonly _context: IContext
  ) {
    super();
    this.addClass('jp-nbflow-Compare');
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._watching?.dispose();
      this.model.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(): void {
    this._watching ??= this.model.watch();
  }

  protected override onBeforeHide(): void {
    this._watching?.dispose();
    this._watching = null;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow();
    }
  }

  protected override onActivateRequest(): void {
    this.node.focus({ preventScroll: true });
  }

  protected override render(): JSX.Element {
    return <Body model={this.model} context={this._context} />;
  }

  private _watching: IDisposable | null = null;
}
