// What rows and boxes have in common: the name of a step, its signs, its time.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import { Elapsed } from '../parts/times';
import type { IGraphNode } from './pipeline';
import { isGoing, type IGraphState } from './states';
import { signsOf } from './words';

/** So many characters at the end of a name stay when it is cut. */
const TAIL = 7;

/** A name that is cut in its middle where there is no room for it; `within` is a beginning that is not as important. */
export function Name(props: { name: string; within?: string }): JSX.Element {
  const { name, within = '' } = props;
  const start = within && name.startsWith(`${within}/`) ? within.length + 1 : 0;
  const own = name.slice(start);
  const head = own.length > 2 * TAIL ? own.slice(0, -TAIL) : own;
  return (
    <span className="jp-nbflow-Graph-name" title={name}>
      {start > 0 && <span className="jp-nbflow-Graph-within">{name.slice(0, start)}</span>}
      <span className="jp-nbflow-Graph-head">{head}</span>
      {head !== own && <span className="jp-nbflow-Graph-tail">{own.slice(-TAIL)}</span>}
    </span>
  );
}

export function Marks(props: { node: IGraphNode; trans: TranslationBundle }): JSX.Element {
  return (
    <>
      {signsOf(props.trans, props.node).map(({ sign, text, meaning }) => (
        <span key={sign} className="jp-nbflow-Graph-sign" title={meaning}>
          {text || <NoCache />}
        </span>
      ))}
    </>
  );
}

/** The arrow of the cache, crossed out. */
function NoCache(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="11" height="11" aria-hidden="true">
      <path d="M3.6 6A5 5 0 1 1 3 9M3.2 2.6V6h3.4M2.5 14L13.5 2" />
    </svg>
  );
}

export function Time(props: { state: IGraphState }): JSX.Element {
  const { started, seconds } = props.state;
  return (
    <span className="jp-nbflow-Graph-time">
      <Elapsed started={started} seconds={seconds} running={isGoing(props.state)} />
    </span>
  );
}

/** Whether two states look the same: then nothing is drawn anew. */
export function isSameState(one?: IGraphState, other?: IGraphState): boolean {
  return (
    one === other ||
    (one !== undefined &&
      other !== undefined &&
      one.state === other.state &&
      one.started === other.started &&
      one.seconds === other.seconds &&
      one.note === other.note)
  );
}
