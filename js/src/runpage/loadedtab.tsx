// A tab whose content is asked for: what stands there until it comes, or where it does not.

import type { JSX } from 'react';

import { Notice } from '../parts/notice';
import type { ILoaded } from '../parts/useLoaded';
import type { IContext } from './context';

export function LoadedTab<T>(props: {
  loaded: ILoaded<T>;
  context: IContext;
  children: (value: T) => JSX.Element;
}): JSX.Element {
  const { loaded, context } = props;
  const { trans } = context;
  if (loaded.value !== null) {
    return props.children(loaded.value);
  }
  return loaded.problem ? (
    <Notice kind="error" again={loaded.again} trans={trans}>
      {loaded.problem.message}
    </Notice>
  ) : (
    <Notice kind="loading" trans={trans}>
      {trans.__('Loading…')}
    </Notice>
  );
}
