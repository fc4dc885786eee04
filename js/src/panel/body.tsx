// All that the panel shows of a notebook.

import type { JSX } from 'react';

import { Findings } from './findings';
import { Header } from './header';
import { Notice } from './notice';
import { Pipeline } from './pipeline';
import { useSignal } from './useSignal';
import type { IPart } from './view';

export function Body({ view }: IPart): JSX.Element {
  useSignal(view.model.changed);
  return (
    <>
      <Header view={view} />
      <Notice view={view} />
      <div className="jp-nbflow-sections">
        <Pipeline view={view} />
        <Findings view={view} />
      </div>
    </>
  );
}
