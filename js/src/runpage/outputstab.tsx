// What the cells of a step have shown.

import { launchIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import { duration } from '../model/format';
import { Notice } from '../parts/notice';
import { Output } from '../parts/output';
import type { CellOutputs, Outputs } from '../schema';
import { CellHeader } from './cellheader';
import { Code } from './code';
import { EndedTab } from './endedtab';
import type { IStepProps } from './steppane';

export function OutputsTab(props: IStepProps): JSX.Element {
  const { context, run } = props;
  const { trans } = context;
  return (
    <EndedTab<Outputs>
      {...props}
      read={(client, ...asked) => client.outputs(...asked)}
      before={trans.__('Outputs are here when the step has ended. What it writes is in its log.')}
    >
      {({ cells }) =>
        cells.length === 0 ? (
          <Notice kind="empty" trans={trans}>
            {run.profile
              ? trans.__('What cells show on %1 stays there: its page shows it.', run.profile)
              : trans.__('No cell of this step has run.')}
          </Notice>
        ) : (
          <div className="jp-nbflow-Outputs">
            <ReportLink {...props} />
            {cells.map(cell => (
              <CellOutput key={cell.id} cell={cell} {...props} />
            ))}
          </div>
        )
      }
    </EndedTab>
  );
}

function ReportLink({ page, context, step }: IStepProps): JSX.Element {
  const { client, ref } = page.run;
  const address = client.address(`runs/${ref.id}/report`, { folder: ref.folder, step: step.name });
  // Without a referrer the server takes it for the request of another site.
  return (
    <a className="jp-nbflow-link" href={address} target="_blank" rel="noopener">
      {context.trans.__('Report of the step')}
      <launchIcon.react tag="span" className="jp-nbflow-icon" />
    </a>
  );
}

function CellOutput(props: IStepProps & { cell: CellOutputs }): JSX.Element {
  const { page, context, step, cell } = props;
  const { trans } = context;
  const seconds = page.run.recorded(step.name)?.cells.find(each => each.id === cell.id)?.seconds;
  return (
    <section className="jp-nbflow-Cell">
      <CellHeader {...props} id={cell.id} number={cell.number}>
        {cell.count !== null && <span>[{cell.count}]</span>}
        <span className="jp-nbflow-time">{seconds ? duration(seconds) : ''}</span>
      </CellHeader>
      <details>
        <summary>{trans.__('Source')}</summary>
        <Code text={cell.source} context={context} />
      </details>
      <div className="jp-OutputArea">
        {cell.outputs.map((output, index) => (
          <div className="jp-OutputArea-child" key={index}>
            <Output output={output} {...props} />
          </div>
        ))}
      </div>
      {cell.outputs.length === 0 && cell.cut === 0 && (
        <p className="jp-nbflow-Notice">{trans.__('It has shown nothing.')}</p>
      )}
      {cell.cut > 0 && (
        <p className="jp-nbflow-Notice">
          {trans._n(
            '%1 output is too large to be shown here: it is in the report of the step.',
            '%1 outputs are too large to be shown here: they are in the report of the step.',
            cell.cut
          )}
        </p>
      )}
    </section>
  );
}
