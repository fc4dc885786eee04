// What is known of the step that is chosen: its state, its error, and the tabs.

import { consoleIcon, notebookIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import type { IStepState } from '../model/run';
import { shownOf } from '../model/states';
import { Action, useAction } from '../parts/action';
import { StateMark } from '../parts/mark';
import type { Analysis, Run } from '../schema';
import type { IPageProps } from './body';
import { CodeTab } from './codetab';
import { Failed } from './failed';
import { LogTab } from './logtab';
import { MetricsTab } from './metricstab';
import { OutputsTab } from './outputstab';
import type { Tab } from './page';
import { cellOf } from './steps';
import { Tabs } from './tabs';
import { Time } from './time';
import { VariablesTab } from './variablestab';
import { WhyTab } from './whytab';

export interface IStepProps extends IPageProps {
  readonly run: Run;
  readonly step: IStepState;
  /** The notebook as a pipeline, as it is now. */
  readonly pipeline: Analysis | null;
}

const TABS: Record<Tab, (props: IStepProps) => JSX.Element> = {
  log: LogTab,
  outputs: OutputsTab,
  variables: VariablesTab,
  metrics: MetricsTab,
  why: WhyTab,
  code: CodeTab
};

export function StepPane(props: IStepProps): JSX.Element {
  const { page, context, step } = props;
  const { trans } = context;
  const variables = page.run.recorded(step.name)?.variables.length;
  const metrics = Object.keys(props.run.metrics).length;
  const tabs: { id: Tab; label: string; count?: number }[] = [
    { id: 'log', label: trans.__('Log') },
    { id: 'outputs', label: trans.__('Outputs') },
    { id: 'variables', label: trans.__('Variables'), count: variables },
    { id: 'metrics', label: trans.__('Metrics'), count: metrics },
    { id: 'why', label: trans.__('Why') },
    { id: 'code', label: trans.__('Code') }
  ];
  const Shown = TABS[page.tab];
  return (
    <section className="jp-nbflow-Step" aria-label={trans.__('Step %1', step.name)}>
      <StepHeader {...props} />
      <Failed {...props} />
      <Tabs
        label={trans.__('What is known of the step')}
        tabs={tabs}
        shown={page.tab}
        show={tab => (page.tab = tab)}
      >
        <Shown {...props} />
      </Tabs>
    </section>
  );
}

function StepHeader(props: IStepProps): JSX.Element {
  const { page, context, run, step } = props;
  const { trans } = context;
  const [problem, act, busy] = useAction();
  const failed = page.run.recorded(step.name)?.failure ?? step.error;
  // A step that failed has the way to its cell at the error.
  const cell = failed ? undefined : cellOf(props, step.name);
  const again = !page.run.goesOn && !run.profile && step.state !== 'waiting';
  const begun = !run.profile && /done|failed|stopped/.test(step.state);
  return (
    <>
      <div className="jp-nbflow-Step-header">
        <h2 title={step.name}>{step.name}</h2>
        <StateMark state={shownOf(step)} trans={trans} word />
        <Time
          started={step.started}
          seconds={step.state === 'skipped' ? null : step.seconds}
          running={step.state === 'running' && page.visible}
        />
        <span className="jp-nbflow-fill" />
        {cell && (
          <Action icon={notebookIcon} act={() => context.goTo(page.run, cell)}>
            {trans.__('Go to cell')}
          </Action>
        )}
        {begun && (
          <Action
            icon={consoleIcon}
            off={busy}
            act={() => act(() => context.load(page.run, step.name))}
            title={trans.__("The variables that this step begins with, in the notebook's kernel")}
          >
            {trans.__('Load into kernel')}
          </Action>
        )}
        {again && (
          <Action
            icon={refreshIcon}
            off={busy}
            act={() => act(() => context.resume(page.run, step.name))}
            title={trans.__('This step and all that need it run anew, in a new run')}
          >
            {trans.__('Run from here')}
          </Action>
        )}
      </div>
      {problem && (
        <p className="jp-nbflow-Run-note" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
