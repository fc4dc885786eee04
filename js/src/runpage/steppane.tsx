// What is known of the step that is chosen: its state, its error, and the tabs.

import { notebookIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import type { IStepState } from '../model/run';
import { shownOf } from '../model/states';
import type { Run } from '../schema';
import type { IPageProps } from './body';
import { Failed } from './failed';
import { Action, useAction } from './header';
import { LogTab } from './logtab';
import type { Tab } from './page';
import { StateMark } from './statemark';
import { timeOf } from './steps';
import { Tabs } from './tabs';
import { useNow } from './useNow';

export interface IStepProps extends IPageProps {
  readonly run: Run;
  readonly step: IStepState;
}

export function StepPane(props: IStepProps): JSX.Element {
  const { page, context, step } = props;
  const { trans } = context;
  const tabs: { id: Tab; label: string; count?: number }[] = [
    { id: 'log', label: trans.__('Log') }
  ];
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
        {page.tab === 'log' && <LogTab {...props} />}
      </Tabs>
    </section>
  );
}

function StepHeader({ page, context, run, step }: IStepProps): JSX.Element {
  const { trans } = context;
  const now = useNow(page.visible && step.state === 'running');
  const [problem, act] = useAction();
  const cell = page.run.recorded(step.name)?.cells[0];
  const again = !page.run.goesOn && !run.profile && step.state !== 'waiting';
  return (
    <>
      <div className="jp-nbflow-Step-header">
        <h2 title={step.name}>{step.name}</h2>
        <StateMark state={shownOf(step)} trans={trans} word />
        <span className="jp-nbflow-time">{timeOf(step, now)}</span>
        <span className="jp-nbflow-fill" />
        {cell && (
          <Action icon={notebookIcon} act={() => context.goTo(page.run, cell.id)}>
            {trans.__('Go to cell')}
          </Action>
        )}
        {again && (
          <Action
            icon={refreshIcon}
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
