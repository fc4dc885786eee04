// The steps of a run, to choose one.

import { useRef, type JSX, type KeyboardEvent } from 'react';

import { clock, duration } from '../model/format';
import type { IStepState } from '../model/run';
import { shownOf } from '../model/states';
import type { Run } from '../schema';
import type { IPageProps } from './body';
import { StateMark } from './statemark';
import { useNow } from './useNow';

export function Steps({ page, context }: IPageProps & { run: Run }): JSX.Element {
  const { steps } = page.run;
  const { trans } = context;
  const now = useNow(page.visible && page.run.goesOn);
  const list = useRef<HTMLUListElement>(null);
  const shown = page.step?.name;
  const key = (event: KeyboardEvent) => {
    const at = steps.findIndex(each => each.name === shown);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (to !== undefined && steps[to] !== undefined) {
      event.preventDefault();
      page.choose(steps[to].name);
      list.current?.querySelectorAll<HTMLElement>('[role=option]')[to]?.focus();
    }
    const cell = event.key === 'Enter' && page.run.recorded(shown ?? '')?.cells[0];
    if (cell) {
      context.goTo(page.run, cell.id);
    }
  };
  return (
    <ul
      className="jp-nbflow-Steps"
      role="listbox"
      aria-label={trans.__('Steps')}
      ref={list}
      onKeyDown={key}
    >
      {steps.map(each => (
        <li
          key={each.name}
          role="option"
          data-step={each.name}
          data-state={each.state}
          aria-selected={each.name === shown}
          tabIndex={each.name === shown ? 0 : -1}
          onClick={() => page.choose(each.name)}
        >
          <StateMark state={shownOf(each)} trans={trans} />
          <span className="jp-nbflow-Steps-name" title={each.name}>
            {each.name}
          </span>
          <span className="jp-nbflow-time">{timeOf(each, now)}</span>
        </li>
      ))}
    </ul>
  );
}

export function timeOf(step: IStepState, now: number): string {
  if (step.state === 'running') {
    return step.started === null ? '' : clock(now - step.started);
  }
  return step.seconds === null || step.state === 'skipped' ? '' : duration(step.seconds);
}
