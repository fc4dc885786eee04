// How the code of each run differs from that of the first one.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import { Diff } from '../parts/diff';
import type { CodeChange, ComparedCode } from '../schema';
import type { IPart } from './context';

export function CodeChanges({ found, context }: IPart): JSX.Element {
  const { trans } = context;
  const base = found.runs[0].id;
  const changed = found.code.filter(code => code.changes.length + code.cut > 0);
  if (changed.length === 0) {
    return <p className="jp-nbflow-Compare-quiet">{trans.__('The runs had the same code.')}</p>;
  }
  return (
    <>
      {found.code.map(code => (
        <div key={code.run} className="jp-nbflow-Compare-code" data-run={code.run}>
          <h3>{trans.__('Run %1 beside run %2', code.run, base)}</h3>
          <RunCode code={code} trans={trans} />
        </div>
      ))}
    </>
  );
}

function RunCode({ code, trans }: { code: ComparedCode; trans: TranslationBundle }): JSX.Element {
  return (
    <>
      {code.changes.length + code.cut === 0 && (
        <p className="jp-nbflow-Compare-quiet">{trans.__('It had the same code.')}</p>
      )}
      {code.changes.map((change, index) => (
        <Change key={index} change={change} trans={trans} />
      ))}
      {code.cut > 0 && (
        <p className="jp-nbflow-Compare-quiet">
          {trans._n(
            '%1 more cell differs; it is too much code to be shown here.',
            '%1 more cells differ; it is too much code to be shown here.',
            code.cut
          )}
        </p>
      )}
    </>
  );
}

function Change({ change, trans }: { change: CodeChange; trans: TranslationBundle }): JSX.Element {
  const title = titleOf(change, trans);
  return (
    <div className="jp-nbflow-Compare-cell">
      <h4>{title}</h4>
      {change.lines.length === 0 ? (
        <p className="jp-nbflow-Compare-quiet">{trans.__('Its code is the same.')}</p>
      ) : (
        <Diff change={change} trans={trans} label={trans.__('Changes: %1', title)} />
      )}
    </div>
  );
}

function titleOf({ before, after }: CodeChange, trans: TranslationBundle): string {
  if (before === null) {
    return after ? trans.__('Cell %1, new in %2', after.number, after.step) : '';
  }
  if (after === null) {
    return trans.__('Cell %1 of %2, not there any more', before.number, before.step);
  }
  return before.step === after.step
    ? trans.__('Cell %1 of %2', after.number, after.step)
    : trans.__('Cell %1, moved from %2 to %3', after.number, before.step, after.step);
}
