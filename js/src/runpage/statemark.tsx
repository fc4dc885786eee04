// A state as glyph and word.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import { glyphOf, wordOf, type Shown } from '../model/states';

export function StateMark(props: {
  state: Shown;
  trans: TranslationBundle;
  word?: boolean;
}): JSX.Element {
  const word = wordOf(props.state, props.trans);
  return (
    <span className={`jp-nbflow-State jp-mod-${props.state}`}>
      <span aria-hidden="true">{glyphOf(props.state)}</span>
      <span className={props.word ? undefined : 'jp-nbflow-hidden'}>{word}</span>
    </span>
  );
}
