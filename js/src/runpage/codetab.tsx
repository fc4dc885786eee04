// The code of a step as it ran, beside that of the run before.

import { useState, type JSX } from 'react';

import { Diff } from '../parts/diff';
import { Notice } from '../parts/notice';
import type { StepCell, StepCode } from '../schema';
import { CellHeader } from './cellheader';
import { Code } from './code';
import { EndedTab } from './endedtab';
import type { IStepProps } from './steppane';

export function CodeTab(props: IStepProps): JSX.Element {
  return (
    <EndedTab<StepCode>
      {...props}
      read={(client, ...asked) => client.code(...asked)}
      before={props.context.trans.__('The code that ran is here when the step has ended.')}
    >
      {code => <StepCodeView code={code} {...props} />}
    </EndedTab>
  );
}

function StepCodeView(props: IStepProps & { code: StepCode }): JSX.Element {
  const { context, code } = props;
  const { trans } = context;
  const [plain, setPlain] = useState(false);
  const changed = code.cells.filter(each => each.change).length + code.gone.length;
  if (code.cells.length === 0) {
    return (
      <Notice kind="empty" trans={trans}>
        {trans.__('No code is kept of this step.')}
      </Notice>
    );
  }
  return (
    <div className="jp-nbflow-Outputs">
      <div className="jp-nbflow-CellHeader">
        <span>
          {code.against === ''
            ? trans.__('No earlier run has this step.')
            : changed === 0
              ? trans.__('As in run %1.', code.against)
              : trans._n(
                  '%1 cell is not as in run %2.',
                  '%1 cells are not as in run %2.',
                  changed,
                  code.against
                )}
        </span>
        {changed > 0 && (
          <label className="jp-nbflow-Toggle">
            <input
              type="checkbox"
              checked={!plain}
              onChange={event => setPlain(!event.target.checked)}
            />
            {trans.__('Show the differences')}
          </label>
        )}
      </div>
      {code.cells.map(each => (
        <CodeOfCell key={each.cell.id} found={each} plain={plain} {...props} />
      ))}
      {!plain &&
        code.gone.map((change, index) => (
          <section className="jp-nbflow-Cell" key={index}>
            <div className="jp-nbflow-CellHeader">
              {change.after
                ? trans.__('This cell is in step %1 now', change.after.step)
                : trans.__('This cell is gone')}
            </div>
            <Diff change={change} trans={trans} />
          </section>
        ))}
    </div>
  );
}

function CodeOfCell(props: IStepProps & { found: StepCell; plain: boolean }): JSX.Element {
  const { context, found, plain } = props;
  const { trans } = context;
  const { cell, change } = found;
  const moved = change?.before && change.before.step !== cell.step ? change.before.step : null;
  return (
    <section className="jp-nbflow-Cell">
      <CellHeader {...props} id={cell.id} number={cell.number}>
        {change && change.before === null && <span>{trans.__('new')}</span>}
        {moved !== null && <span>{trans.__('was in step %1', moved)}</span>}
      </CellHeader>
      {change && !plain && change.lines.length > 0 ? (
        <Diff change={change} trans={trans} />
      ) : (
        <Code text={found.source} context={context} />
      )}
    </section>
  );
}
