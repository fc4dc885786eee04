// The glyph of a state, drawn: letters of that kind look different with each font.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import { wordOf, type Shown } from '../model/states';

const SHAPES: Readonly<Record<Shown, JSX.Element>> = {
  waiting: <circle cx="8" cy="8" r="5" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5" />
      <path className="jp-mod-filled" d="M8 3a5 5 0 0 0 0 10z" />
    </>
  ),
  done: <circle className="jp-mod-filled" cx="8" cy="8" r="5" />,
  reused: <path d="M3.6 6A5 5 0 1 1 3 9M3.2 2.6V6h3.4" />,
  again: <path d="M12.4 6A5 5 0 1 0 13 9M12.8 2.6V6H9.4" />,
  failed: <path className="jp-mod-heavy" d="M4 4l8 8M12 4l-8 8" />,
  skipped: (
    <>
      <circle cx="8" cy="8" r="5" />
      <path d="M4.6 4.6l6.8 6.8" />
    </>
  ),
  stopped: <rect className="jp-mod-filled" x="3.5" y="3.5" width="9" height="9" rx="1" />
};

/** A state as a glyph, with its word beside it where `word` is given; else the word is its title. */
export function StateMark(props: {
  state: Shown;
  trans: TranslationBundle;
  word?: boolean;
  /** What stands around it says the state already. */
  silent?: boolean;
}): JSX.Element {
  const { state, trans, word, silent } = props;
  const text = wordOf(state, trans);
  const spoken = word || silent ? {} : { role: 'img', 'aria-label': text, title: text };
  return (
    <span className={`jp-nbflow-State jp-mod-${state}`} {...spoken}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        {SHAPES[state] ?? SHAPES.waiting}
      </svg>
      {word && <span>{text}</span>}
    </span>
  );
}
