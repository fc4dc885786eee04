// A run page: its header, its steps, and what is known of the step that is chosen.

import type { JSX } from 'react';

import { Notice } from '../parts/notice';
import { useSignal } from '../parts/useSignal';
import type { IContext } from './context';
import { Header } from './header';
import type { PageModel } from './page';
import { Split } from './split';
import { StepPane } from './steppane';
import { Steps } from './steps';
import { usePipeline } from './usePipeline';

export interface IPageProps {
  readonly page: PageModel;
  readonly context: IContext;
}

export function Body({ page, context }: IPageProps): JSX.Element {
  const { run } = page;
  const { trans } = context;
  useSignal(page.changed);
  useSignal(run.changed);
  const pipeline = usePipeline(context, run.run);
  if (run.run === null) {
    return run.problem ? (
      <Notice kind="error" again={() => void run.refresh().catch(() => undefined)} trans={trans}>
        {run.problem.message}
      </Notice>
    ) : (
      <Notice kind="loading" trans={trans}>
        {trans.__('Reading the run…')}
      </Notice>
    );
  }
  const { step } = page;
  return (
    <>
      <Header page={page} context={context} run={run.run} />
      <Split
        label={trans.__('Width of the steps')}
        left={<Steps page={page} context={context} pipeline={pipeline} />}
        right={
          step === null ? (
            <Notice kind="empty" trans={trans}>
              {run.goesOn ? trans.__('No step has begun yet.') : trans.__('No step has run.')}
            </Notice>
          ) : (
            <StepPane
              key={step.name}
              page={page}
              context={context}
              run={run.run}
              step={step}
              pipeline={pipeline}
            />
          )
        }
      />
    </>
  );
}
