// How the code of a cell differs from what it was: signs and colours, and words for a screen reader.

import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type JSX } from 'react';

import { diffLines, type IDiffLine } from '../model/diffs';
import type { CodeChange } from '../schema';

/** So many lines are shown at first. */
const FIRST = 200;
const SIGNS: Readonly<Record<IDiffLine['kind'], string>> = {
  added: '+',
  removed: '−',
  same: '',
  place: ''
};

export function Diff(props: {
  change: CodeChange;
  trans: TranslationBundle;
  /** What it is called where there are several. */
  label?: string;
}): JSX.Element {
  const { change, trans, label } = props;
  const [all, setAll] = useState(false);
  const lines = diffLines(change.lines);
  const shown = all ? lines : lines.slice(0, FIRST);
  const more = lines.length - shown.length;
  const region = label ? { role: 'region', 'aria-label': label } : {};
  return (
    <>
      <pre className="jp-nbflow-Code jp-nbflow-Diff" tabIndex={0} {...region}>
        {shown.map((line, index) => (
          <Line key={index} line={line} trans={trans} />
        ))}
      </pre>
      {more > 0 && (
        <button className="jp-nbflow-link" onClick={() => setAll(true)}>
          {trans._n('%1 more line', '%1 more lines', more)}
        </button>
      )}
      {change.cut > 0 && (
        <p className="jp-nbflow-Notice">
          {trans._n('%1 more line is left out.', '%1 more lines are left out.', change.cut)}
        </p>
      )}
    </>
  );
}

function Line(props: { line: IDiffLine; trans: TranslationBundle }): JSX.Element {
  const { kind, text } = props.line;
  const { trans } = props;
  return (
    <span className={`jp-mod-${kind}`}>
      <span className="jp-nbflow-Diff-sign" aria-hidden="true">
        {SIGNS[kind]}
      </span>
      {kind === 'added' && <span className="jp-nbflow-hidden">{trans.__('added:')} </span>}
      {kind === 'removed' && <span className="jp-nbflow-hidden">{trans.__('removed:')} </span>}
      {kind === 'place' ? placeOf(text, trans) : text}
      {'\n'}
    </span>
  );
}

/** "@@ -1,3 +12,4 @@" in words. */
function placeOf(text: string, trans: TranslationBundle): string {
  const line = /\+(\d+)/.exec(text)?.[1];
  return line ? trans.__('Line %1', line) : text;
}
