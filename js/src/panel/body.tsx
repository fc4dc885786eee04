// All that the panel shows of a notebook.

import type { JSX } from 'react';

import { useSignal } from '../parts/useSignal';
import { Findings } from './findings';
import { Header } from './header';
import { Notice } from './notice';
import { Parameters } from './parameters';
import { Pipeline } from './pipeline';
import { Proposed } from './proposal';
import { Runs } from './runs';
import type { IPart } from './view';

export function Body({ view }: IPart): JSX.Element {
  useSignal(view.model.changed);
  return (
    <>
      <Header view={view} />
      <Notice view={view} />
      <div className="jp-nbflow-sections">
        <Proposed view={view} />
        <Parameters view={view} />
        <Pipeline view={view} />
        <Findings view={view} />
        <Runs view={view} />
      </div>
    </>
  );
}
