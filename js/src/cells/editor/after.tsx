// What a step waits for: what the user asked for as chips that can be taken away, and what the data needs.

import { closeIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import { shortened } from '../../model/format';
import type { Desk } from './desk';
import type { ILine } from './line';

/** So many characters of a name a chip shows. */
const MOST = 18;

export function After(props: {
  desk: Desk;
  line: ILine;
  told: (problem: string) => void;
}): JSX.Element | null {
  const { desk, line, told } = props;
  const { trans } = desk;
  if (line.after.length + line.inferred.length + line.suggested.length === 0) {
    return null;
  }
  const set = async (after: readonly string[]) =>
    told(await desk.change({ after: after.length > 0 ? [...after] : null }));
  return (
    <span className="jp-nbflow-After" role="group" aria-label={trans.__('Runs after')}>
      <span aria-hidden="true">{trans.__('after')}</span>
      {line.after.map(name => (
        <span key={name} className="jp-nbflow-Chip" title={name}>
          {shortened(name, MOST)}
          <button
            type="button"
            aria-label={trans.__('Do not wait for %1', name)}
            title={trans.__('Do not wait for %1', name)}
            onClick={() => void set(line.after.filter(each => each !== name))}
          >
            <closeIcon.react tag="span" width="12px" height="12px" />
          </button>
        </span>
      ))}
      {line.inferred.map(({ step, variables }) => (
        <span
          key={step}
          className="jp-nbflow-Chip jp-mod-inferred"
          title={trans.__('%1: needed for %2', step, variables.join(', '))}
        >
          {shortened(step, MOST)}
        </span>
      ))}
      {line.suggested.length > 0 && (
        <select
          aria-label={trans.__('Wait for another step')}
          title={trans.__('Wait for another step')}
          value=""
          onChange={event => void set([...line.after, event.target.value])}
        >
          <option value="">+</option>
          {line.suggested.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </span>
  );
}
