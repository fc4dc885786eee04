// The whole of a comparison: one table, then what does not fit into one.

import type { JSX } from 'react';

import type { ComparisonModel } from '../model/comparison';
import { Notice } from '../parts/notice';
import { useSignal } from '../parts/useSignal';
import type { Comparison } from '../schema';
import { CodeChanges } from './code';
import type { IContext } from './context';
import { Outputs } from './outputs';
import { Read, Section, Warning } from './page';
import { Plots } from './plots';
import { RunsTable } from './table';

export function Body(props: { model: ComparisonModel; context: IContext }): JSX.Element {
  const { model, context } = props;
  const { trans } = context;
  useSignal(model.changed);
  if (model.ids.length < 2) {
    return (
      <Notice kind="empty" trans={trans}>
        {trans.__('Choose two or more runs in the list of runs to see them side by side.')}
      </Notice>
    );
  }
  return (
    <Read model={model} trans={trans} loading={trans.__('Comparing…')}>
      {found => <Sections model={model} context={context} found={found} />}
    </Read>
  );
}

function Sections(props: {
  model: ComparisonModel;
  context: IContext;
  found: Comparison;
}): JSX.Element {
  const { model, context, found } = props;
  const { trans } = context;
  return (
    <>
      {found.notes.map(note => (
        <Warning key={note} model={model} trans={trans}>
          {note}
        </Warning>
      ))}
      <RunsTable {...props} />
      {found.metrics.length > 0 && (
        <Section title={trans.__('Metrics as plots')}>
          <Plots found={found} trans={trans} named={run => trans.__('run %1', run)} first="runs" />
        </Section>
      )}
      <Section title={trans.__('Code')}>
        <CodeChanges {...props} />
      </Section>
      <Section title={trans.__('Outputs that differ')}>
        <Outputs {...props} />
      </Section>
    </>
  );
}
