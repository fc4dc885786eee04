// The error that ended a step, where one did.

import { notebookIcon } from '@jupyterlab/ui-components';
import { useMemo, type JSX } from 'react';

import { linesOf, textOf } from '../model/terminal';
import { Action } from '../parts/action';
import { Line } from '../parts/line';
import type { IStepProps } from './steppane';

export function Failed({ page, context, step }: IStepProps): JSX.Element | null {
  const { trans } = context;
  const recorded = page.run.recorded(step.name);
  const failure = recorded?.failure ?? step.error;
  const traceback = failure?.traceback.join('\n') ?? '';
  // The rule that it begins with is wider than the page.
  const lines = useMemo(
    () => linesOf(traceback).filter(each => !/^-{20,}$/.test(textOf(each))),
    [traceback]
  );
  if (step.state !== 'failed' && step.state !== 'skipped' && step.state !== 'stopped') {
    return null;
  }
  const told = failure ? `${failure.ename}: ${failure.evalue}` : recorded?.error || step.message;
  if (!told) {
    return null;
  }
  const number = recorded?.failure?.number;
  return (
    <div
      className={`jp-nbflow-Failed jp-mod-${step.state}`}
      role="group"
      aria-label={trans.__('Error')}
    >
      <div className="jp-nbflow-Failed-title">
        <strong>{told}</strong>
        {failure && (
          <Action icon={notebookIcon} act={() => context.goTo(page.run, failure.cell)}>
            {number ? trans.__('Go to cell %1', number) : trans.__('Go to cell')}
          </Action>
        )}
      </div>
      {lines.length > 0 && (
        <details open>
          <summary>{trans.__('Traceback')}</summary>
          <div className="jp-nbflow-Failed-traceback jp-RenderedText" tabIndex={0}>
            <pre>
              {lines.map((line, index) => (
                <Line key={index} line={line} />
              ))}
            </pre>
          </div>
        </details>
      )}
    </div>
  );
}
