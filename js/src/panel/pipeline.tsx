// The steps of the notebook, with the states of the run that is shown.

import { launchIcon } from '@jupyterlab/ui-components';
import { useMemo, type JSX } from 'react';

import { edgesOf, nodesOf, PipelineGraph, statesOf } from '../graph';
import { useSignal } from '../parts/useSignal';
import { CommandIDs } from '../tokens';
import { ToolButton } from './buttons';
import { Section } from './section';
import { ShownRun } from './shownRun';
import type { IPart } from './view';

export function Pipeline({ view }: IPart): JSX.Element {
  const { model, commands, trans } = view;
  const { analysis, run } = model;
  const tools = run !== null && commands.hasCommand(CommandIDs.openRun) && (
    <ToolButton
      icon={launchIcon}
      label={trans.__('Open the page of run %1', run.ref.id)}
      onClick={() => void commands.execute(CommandIDs.openRun, { ...run.ref })}
    />
  );
  return (
    <Section name="pipeline" title={trans.__('Pipeline')} tools={tools}>
      {analysis !== null && analysis.steps.length > 0 ? (
        <>
          {run !== null && <ShownRun view={view} run={run} />}
          {!analysis.tagged && model.proposal === null && <Untagged view={view} />}
          <Graph view={view} />
        </>
      ) : (
        <p className="jp-nbflow-empty">
          {analysis === null
            ? trans.__('Reading the notebook…')
            : trans.__('There are no steps yet: write code into a cell to begin.')}
        </p>
      )}
    </Section>
  );
}

function Graph({ view }: IPart): JSX.Element {
  const { model, commands, trans } = view;
  const { analysis, run } = model;
  useSignal(model.activeChanged);
  const nodes = useMemo(() => (analysis ? nodesOf(analysis) : []), [analysis]);
  const edges = useMemo(() => (analysis ? edgesOf(analysis) : []), [analysis]);
  const go = (name: string) => {
    const cell = model.step(name)?.cells[0];
    if (cell !== undefined) {
      void commands.execute(CommandIDs.goTo, { path: model.path, cell });
    }
  };
  return (
    <PipelineGraph
      compact
      nodes={nodes}
      edges={edges}
      states={run ? statesOf(run.steps) : undefined}
      selected={model.activeStep}
      onSelect={go}
      trans={trans}
    />
  );
}

/** How to begin with a notebook that names no steps. */
function Untagged({ view }: IPart): JSX.Element {
  const { model, commands, trans } = view;
  return (
    <div className="jp-nbflow-untagged">
      <p>{trans.__('The notebook names no steps. Without them it would run in these:')}</p>
      <button
        className="jp-nbflow-button"
        onClick={() => void commands.execute(CommandIDs.propose, { path: model.path })}
      >
        {trans.__('Propose Steps…')}
      </button>
    </div>
  );
}
