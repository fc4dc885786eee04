// The error of a run below the input of the cell that has failed. It is no output: nothing of it is saved.

import type { Cell } from '@jupyterlab/cells';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import { Panel } from '@lumino/widgets';
import { useState, type JSX } from 'react';

import type { NotebookModel } from '../../model/notebook';
import { useSignal } from '../../parts/useSignal';
import { unshortcut } from '../editor/keys';
import { failedIn, keyOf, type IFailed } from './failed';

const TRACEBACK = 'application/vnd.jupyter.stderr';

/** What can be done about the error. */
interface IWays {
  readonly open: () => void;
  readonly dismiss: () => void;
}

export class Failure extends Panel {
  constructor(
    readonly failed: IFailed,
    cell: Cell,
    model: NotebookModel,
    rendermime: IRenderMimeRegistry,
    trans: TranslationBundle,
    ways: IWays
  ) {
    super();
    this.addClass('jp-nbflow-Failure');
    unshortcut(this.node);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Error of a run'));
    const ran = cell.model.sharedModel.getSource();
    this.addWidget(
      ReactWidget.create(
        <Head failed={failed} cell={cell} ran={ran} model={model} trans={trans} ways={ways} />
      )
    );
    const renderer = rendermime.createRenderer(TRACEBACK);
    const data = { [TRACEBACK]: failed.traceback.join('\n') };
    void renderer.renderModel(rendermime.createModel({ data }));
    renderer.addClass('jp-nbflow-Traceback');
    renderer.node.tabIndex = 0;
    this.addWidget(renderer);
  }
}

function Head(props: {
  failed: IFailed;
  cell: Cell;
  ran: string;
  model: NotebookModel;
  trans: TranslationBundle;
  ways: IWays;
}): JSX.Element {
  const { failed, cell, ran, model, trans, ways } = props;
  useSignal(model.changed);
  useSignal(cell.model.contentChanged);
  const [problem, setProblem] = useState('');
  const edited = cell.model.sharedModel.getSource() !== ran;
  const { over, left } = failedIn(model.run).find(each => keyOf(each) === keyOf(failed)) ?? failed;
  const resume = async () => {
    const run = await model.resume(failed.run);
    const { notice } = model;
    if (run === null && notice?.kind === 'failed') {
      setProblem(notice.error.message);
    }
  };
  const steps = left.join(', ');
  return (
    <div className="jp-nbflow-FailureHead">
      <span className="jp-nbflow-FailureText" role="alert">
        <span aria-hidden="true">✖ </span>
        <strong>{failed.ename}</strong>
        {failed.evalue && `: ${failed.evalue.split('\n')[0]}`}
      </span>
      <button type="button" className="jp-nbflow-link" onClick={ways.open}>
        {trans.__('Run %1, step %2', failed.run.id, failed.step)}
      </button>
      {over && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept jp-mod-small"
          disabled={model.work !== null}
          title={trans.__('Runs %1; what is done stays', steps)}
          onClick={() => void resume()}
        >
          {trans.__('Resume')}
        </button>
      )}
      <button
        type="button"
        className="jp-Button jp-mod-minimal jp-mod-small"
        aria-label={trans.__('Dismiss')}
        title={trans.__('Dismiss')}
        onClick={ways.dismiss}
      >
        <closeIcon.react tag="span" width="14px" height="14px" />
      </button>
      {edited && over && (
        <span className="jp-nbflow-edited" role="status">
          {trans.__('The cell has changed since. Resuming runs %1; what is done stays.', steps)}
        </span>
      )}
      {problem && (
        <span className="jp-nbflow-problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
