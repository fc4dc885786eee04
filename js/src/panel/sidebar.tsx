// The side panel: the notebook in front as a pipeline.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { JSX } from 'react';

import type { NotebookModel } from '../model/notebook';
import type { NotebooksModel } from '../model/notebooks';
import { useSignal } from './useSignal';

export class Sidebar extends ReactWidget {
  constructor(
    private readonly _notebooks: NotebooksModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-nbflow-Sidebar');
  }

  protected override onAfterShow(): void {
    this._notebooks.currentChanged.connect(this._follow, this);
    this._follow();
  }

  protected override onAfterHide(): void {
    this._notebooks.currentChanged.disconnect(this._follow, this);
    this._watching?.dispose();
    this._watching = null;
  }

  protected override render(): JSX.Element {
    return <Body notebooks={this._notebooks} trans={this._trans} />;
  }

  private _follow(): void {
    this._watching?.dispose();
    this._watching = this._notebooks.current?.watch() ?? null;
  }

  private _watching: IDisposable | null = null;
}

function Body(props: { notebooks: NotebooksModel; trans: TranslationBundle }): JSX.Element {
  useSignal(props.notebooks.currentChanged);
  const { current } = props.notebooks;
  return current === null ? (
    <p className="jp-nbflow-empty">{props.trans.__('Open a notebook to see it as a pipeline.')}</p>
  ) : (
    <Notebook key={current.path} model={current} trans={props.trans} />
  );
}

function Notebook(props: { model: NotebookModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const steps = model.analysis?.steps ?? [];
  return (
    <header className="jp-nbflow-header">
      <h2 title={model.path}>{model.path.split('/').pop()}</h2>
      <span>{trans._n('%1 step', '%1 steps', steps.length)}</span>
    </header>
  );
}
