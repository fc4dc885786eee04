// The side panel: the notebook in front as a pipeline.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { DisposableSet, type IDisposable } from '@lumino/disposable';
import type { JSX } from 'react';

import type { NotebooksModel } from '../model/notebooks';
import { useSignal } from '../parts/useSignal';
import { Body } from './body';
import type { IView } from './view';

export class Sidebar extends ReactWidget {
  constructor(
    private readonly _notebooks: NotebooksModel,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-nbflow-Sidebar');
  }

  /** Put the focus on the first thing that can be done. */
  focus(): void {
    this.node.querySelector<HTMLElement>('button, input')?.focus();
  }

  protected override onAfterShow(): void {
    this._notebooks.currentChanged.connect(this._follow, this);
    void this._notebooks.runs.engines.refresh();
    this._follow();
  }

  protected override onAfterHide(): void {
    this._notebooks.currentChanged.disconnect(this._follow, this);
    this._watching?.dispose();
    this._watching = null;
  }

  protected override render(): JSX.Element {
    const { _notebooks: notebooks, _commands: commands, _trans: trans } = this;
    return <Current notebooks={notebooks} commands={commands} trans={trans} />;
  }

  /** Keep what is shown of the notebook in front current; nobody sees a panel that is hidden. */
  private _follow(): void {
    this._watching?.dispose();
    const { current } = this._notebooks;
    this._watching = current && DisposableSet.from([current.watch(), current.history.watch()]);
  }

  private _watching: IDisposable | null = null;
}

function Current(props: { notebooks: NotebooksModel } & Omit<IView, 'model'>): JSX.Element {
  const { notebooks, commands, trans } = props;
  useSignal(notebooks.currentChanged);
  const { current } = notebooks;
  return current === null ? (
    <p className="jp-nbflow-empty">{trans.__('Open a notebook to see it as a pipeline.')}</p>
  ) : (
    <Body key={current.path} view={{ model: current, commands, trans }} />
  );
}
