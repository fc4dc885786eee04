import { expect, it } from 'vitest';

import type { IStepState, State } from '../model/run';
import { followed } from './page';

function steps(text: string): IStepState[] {
  return text.split(' ').map(each => {
    const [name, state] = each.split(':');
    return { name, state: state as State } as IStepState;
  });
}

it.each([
  ['a:waiting b:waiting', null, 'a'],
  ['a:done b:running c:running', null, 'c'],
  ['a:done b:running c:running', 'b', 'b'],
  ['a:done b:done c:running', 'b', 'c'],
  ['a:done b:failed c:running', 'c', 'b'],
  ['a:done b:waiting', 'a', 'a'],
  ['a:done b:done c:skipped', null, 'b'],
  ['a:done b:done', 'gone', 'b']
])('of %s, after %s, follows %s', (text, before, expected) => {
  const all = steps(text);
  const known = before === null ? null : ({ name: before } as IStepState);
  expect(followed(all, known)?.name).toBe(expected);
});

it('follows nothing where there are no steps', () => {
  expect(followed([], null)).toBeNull();
});
