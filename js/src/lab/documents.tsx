// Pages of the main area that show what is read from the server: documents that are there again after a reload.

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { JSX } from 'react';

import type { Reading } from '../model/reading';
import { nbflowIcon } from './icons';
import { show } from './show';

/** A kind of documents. */
export interface IKind<M> {
  readonly name: string;
  /** The command that opens one. */
  readonly command: string;
  readonly label: string;
  /** The model of what the arguments of the command name. */
  open(args: ReadonlyPartialJSONObject): M;
  args(model: M): ReadonlyPartialJSONObject;
  /** Models of the same key are of one document. */
  key(model: M): string;
  /** The label of its tab, and the tooltip. */
  title(model: M): [string, string];
  body(model: M): JSX.Element;
}

/** What an argument of a command says; "" where it is no text. */
export function textOf(argument: unknown): string {
  return typeof argument === 'string' ? argument : '';
}

/** Let a command open documents of a kind. */
export function addDocuments<M extends Reading<unknown>>(
  { commands, shell }: JupyterFrontEnd,
  restorer: ILayoutRestorer | null,
  kind: IKind<M>
): void {
  const pages = new WidgetTracker<MainAreaWidget<Page<M>>>({ namespace: kind.name });
  let count = 0;
  const made = (model: M) => {
    const page = new MainAreaWidget({ content: new Page(model, kind) });
    page.id = `${kind.name}-${(count += 1)}`;
    page.toolbar.hide();
    page.title.closable = true;
    page.title.icon = nbflowIcon;
    const named = () => {
      [page.title.label, page.title.caption] = kind.title(model);
    };
    model.changed.connect(named);
    model.changed.connect(() => void pages.save(page));
    named();
    return page;
  };
  commands.addCommand(kind.command, {
    label: kind.label,
    execute: args => {
      const model = kind.open(args);
      const known = pages.find(({ content }) => kind.key(content.model) === kind.key(model));
      if (known) {
        model.dispose();
        shell.activateById(known.id);
        return known;
      }
      const page = made(model);
      show(shell, page, { mode: 'tab-after', type: kind.name });
      void pages.add(page);
      return page;
    }
  });
  if (restorer) {
    void restorer.restore(pages, {
      command: kind.command,
      name: ({ content }) => kind.key(content.model),
      args: ({ content }) => kind.args(content.model)
    });
  }
}

/** What a model shows; it is read while it is in sight. */
class Page<M extends Reading<unknown>> extends ReactWidget {
  constructor(
    readonly model: M,
    private readonly _kind: IKind<M>
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
    return this._kind.body(this.model);
  }

  private _watching: IDisposable | null = null;
}
