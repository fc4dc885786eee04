// What pages of the main area that are read from the server have in common.

import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, type JSX, type ReactNode } from 'react';

import type { Reading } from '../model/reading';
import { Notice } from '../parts/notice';
import { useSignal } from '../parts/useSignal';

interface IRead<T> {
  readonly model: Reading<T>;
  readonly trans: TranslationBundle;
}

/** What was read, with why it is not current; before the first answer that it is being read. */
export function Read<T>(
  props: IRead<T> & { loading: string; children: (found: T) => ReactNode }
): JSX.Element {
  const { model, trans } = props;
  const { found, problem } = model;
  useSignal(model.changed);
  if (found !== null) {
    return (
      <>
        {problem && <Warning {...props}>{problem.message}</Warning>}
        {props.children(found)}
      </>
    );
  }
  return problem ? (
    <Notice kind="error" again={() => model.refresh()} trans={trans}>
      {problem.message}
    </Notice>
  ) : (
    <Notice kind="loading" trans={trans}>
      {props.loading}
    </Notice>
  );
}

export function Warning<T>(props: IRead<T> & { children: string }): JSX.Element {
  const { model, trans, children } = props;
  return (
    <div className="jp-nbflow-Compare-wide">
      <Notice kind="warning" again={() => model.refresh()} trans={trans}>
        {children}
      </Notice>
    </div>
  );
}

export function Section(props: { title: string; children: ReactNode }): JSX.Element {
  const id = useId();
  return (
    <section className="jp-nbflow-Compare-wide" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </section>
  );
}
