// How long the run or a step has taken.

import type { JSX } from 'react';

import { Elapsed } from '../parts/times';

export function Time(props: Parameters<typeof Elapsed>[0]): JSX.Element {
  return (
    <span className="jp-nbflow-time">
      <Elapsed {...props} />
    </span>
  );
}
