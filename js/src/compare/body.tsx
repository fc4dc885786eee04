// The whole of a comparison: one table, then what does not fit into one.

import { useId, type JSX, type ReactNode } from 'react';

import type { ComparisonModel } from '../model/comparison';
import { Notice } from '../parts/notice';
import { useSignal } from '../parts/useSignal';
import type { Comparison } from '../schema';
import { CodeChanges } from './code';
import type { IContext } from './context';
import { Outputs } from './outputs';
import { Plots } from './plots';
import { RunsTable } from './table';

export function Body(props: { model: ComparisonModel; context: IContext }): JSX.Element {
  const { model, context } = props;
  const { trans } = context;
  useSignal(model.changed);
  const { comparison, problem } = model;
  if (model.ids.length < 2) {
    return (
      <Notice kind="empty" trans={trans}>
        {trans.__('Choose two or more runs in the list of runs to see them side by side.')}
      </Notice>
    );
  }
  if (comparison === null) {
    return problem ? (
      <Notice kind="error" again={() => model.refresh()} trans={trans}>
        {problem.message}
      </Notice>
    ) : (
      <Notice kind="loading" trans={trans}>
        {trans.__('Comparing…')}
      </Notice>
    );
  }
  return <Sections model={model} context={context} found={comparison} />;
}

function Sections(props: {
  model: ComparisonModel;
  context: IContext;
  found: Comparison;
}): JSX.Element {
  const { model, context, found } = props;
  const { trans } = context;
  const notes = [...found.notes, ...(model.problem ? [model.problem.message] : [])];
  return (
    <>
      {notes.map(note => (
        <div key={note} className="jp-nbflow-Compare-wide">
          <Notice kind="warning" again={() => model.refresh()} trans={trans}>
            {note}
          </Notice>
        </div>
      ))}
      <RunsTable {...props} />
      {found.metrics.length > 0 && (
        <Section title={trans.__('Metrics as plots')}>
          <Plots {...props} />
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

function Section(props: { title: string; children: ReactNode }): JSX.Element {
  const id = useId();
  return (
    <section className="jp-nbflow-Compare-wide" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </section>
  );
}
