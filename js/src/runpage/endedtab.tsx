// A tab with what a step has left: asked for when the step has ended, and not before.

import type { JSX } from 'react';

import type { Client, IRunRef } from '../client';
import { Notice } from '../parts/notice';
import { useLoaded } from '../parts/useLoaded';
import { LoadedTab } from './loadedtab';
import type { IStepProps } from './steppane';

export function EndedTab<T>(
  props: IStepProps & {
    /** What is asked for of a step of a run. */
    read: (client: Client, ref: IRunRef, step: string, signal: AbortSignal) => Promise<T>;
    /** What is said before the step has ended. */
    before: string;
    children: (value: T) => JSX.Element;
  }
): JSX.Element {
  const { page, context, step, read } = props;
  const { client, ref } = page.run;
  const ended = step.state !== 'waiting' && step.state !== 'running';
  const loaded = useLoaded(ended ? `${ref.id} ${step.name} ${step.state}` : null, signal =>
    read(client, ref, step.name, signal)
  );
  return ended ? (
    <LoadedTab loaded={loaded} context={context}>
      {props.children}
    </LoadedTab>
  ) : (
    <Notice kind="empty" trans={context.trans}>
      {props.before}
    </Notice>
  );
}
