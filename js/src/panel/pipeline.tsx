// The steps of the notebook, with the states of the run that is shown.

import type { JSX } from 'react';

import { glyphOf, shownOf, wordOf } from '../model/states';
import { CommandIDs } from '../tokens';
import { Section } from './section';
import { useSignal } from './useSignal';
import type { IPart } from './view';

export function Pipeline({ view }: IPart): JSX.Element {
  const { model, commands, trans } = view;
  useSignal(model.activeChanged);
  const steps = model.analysis?.steps ?? [];
  const go = (name: string) => {
    const cell = model.step(name)?.cells[0];
    if (cell !== undefined) {
      void commands.execute(CommandIDs.goTo, { path: model.path, cell });
    }
  };
  return (
    <Section name="pipeline" title={trans.__('Pipeline')}>
      {steps.length === 0 && (
        <p className="jp-nbflow-empty">
          {model.analysis === null
            ? trans.__('Reading the notebook…')
            : trans.__('There are no steps yet: the notebook has no code.')}
        </p>
      )}
      <ul className="jp-nbflow-steps">
        {steps.map(({ name }) => {
          const state = model.run?.step(name);
          const shown = state ? shownOf(state) : null;
          return (
            <li key={name} data-step={name} data-state={shown}>
              <button
                aria-current={name === model.activeStep}
                className="jp-nbflow-step"
                onClick={() => go(name)}
              >
                {shown && <span title={wordOf(shown, trans)}>{glyphOf(shown)} </span>}
                {name}
              </button>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
