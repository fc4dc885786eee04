// The metrics of a run.

import type { JSX } from 'react';

import { Notice } from '../parts/notice';
import type { IStepProps } from './steppane';

export function MetricsTab({ page, context, run }: IStepProps): JSX.Element {
  const { trans } = context;
  const metrics = Object.entries(run.metrics);
  if (metrics.length === 0) {
    return (
      <Notice kind="empty" trans={trans}>
        {page.run.goesOn
          ? trans.__('Metrics are here when the step that gives them has ended.')
          : trans.__('The run has no metrics: a cell with the tag “pipeline-metrics” names them.')}
      </Notice>
    );
  }
  return (
    <table className="jp-nbflow-Table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Metric')}</th>
          <th scope="col">{trans.__('Value')}</th>
        </tr>
      </thead>
      <tbody>
        {metrics.map(([name, value]) => (
          <tr key={name}>
            <td>{name}</td>
            <td className="jp-nbflow-figure">{String(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
