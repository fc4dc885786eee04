// The run whose states the graph shows, and why it failed.

import type { JSX } from 'react';

import type { RunModel } from '../model/run';
import { StateMark } from '../parts/mark';
import { Prose } from '../parts/prose';
import { Elapsed } from '../parts/times';
import { CommandIDs } from '../tokens';
import type { IView } from './view';
import { sentence } from './words';

interface IShownRun {
  readonly view: IView;
  readonly run: RunModel;
}

export function ShownRun({ view, run }: IShownRun): JSX.Element {
  const { model, commands, trans } = view;
  const { state } = run;
  const broken = state === 'failed' || state === 'stopped';
  return (
    <>
      <div className="jp-nbflow-shown">
        <span>{trans.__('Run %1', run.ref.id)}</span>
        {state !== null && <StateMark state={state} trans={trans} word />}
        <Elapsed
          started={run.run?.started ?? null}
          seconds={run.run?.seconds ?? null}
          running={run.goesOn}
        />
        {broken && model.work === null && (
          <button
            className="jp-nbflow-link"
            title={trans.__('Run what has not ended well, and what needs it')}
            onClick={() =>
              void commands.execute(CommandIDs.resume, { ...run.ref, path: model.path })
            }
          >
            {trans.__('Resume')}
          </button>
        )}
        {!run.goesOn && (
          <button
            className="jp-nbflow-link"
            title={trans.__('Show the states of this run no more')}
            onClick={() => model.show(null)}
          >
            {trans.__('Hide')}
          </button>
        )}
      </div>
      <Failed view={view} run={run} />
    </>
  );
}

/** What went wrong: the first step that failed, and what the run has to say. */
function Failed({ view, run }: IShownRun): JSX.Element | null {
  const { trans } = view;
  const step = run.steps.find(each => each.state === 'failed');
  const error = step && (step.error ?? run.recorded(step.name)?.failure);
  const told = [run.run?.message, run.run?.note, run.problem?.message].filter(Boolean);
  if (step === undefined && told.length === 0) {
    return null;
  }
  return (
    <div className="jp-nbflow-failed" role="alert">
      {step !== undefined && (
        <p>
          <Cell view={view} name={step.name} cell={error?.cell} />
          {error ? `${error.ename}: ${error.evalue}` : step.message}
        </p>
      )}
      {told.map(each => (
        <p key={each}>
          <Prose text={sentence(each!)} />
        </p>
      ))}
      {run.problem !== null && run.problem.passing && (
        <p>{trans.__('What is shown may be out of date.')}</p>
      )}
    </div>
  );
}

/** The name of a step, which leads to the cell that failed. */
function Cell(props: { view: IView; name: string; cell: string | undefined }): JSX.Element {
  const { view, name } = props;
  const { model, commands } = view;
  const cell = props.cell ?? model.step(name)?.cells[0];
  return (
    <button
      className="jp-nbflow-link"
      onClick={() => void commands.execute(CommandIDs.goTo, { path: model.path, cell })}
    >
      {name}
    </button>
  );
}
