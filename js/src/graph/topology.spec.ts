import { expect, it } from 'vitest';

import { drawn } from '../testing/graphs';
import { withoutShortcuts } from './topology';

it.each([
  ['a', [['a']]],
  ['a>b>c', [['a'], ['b'], ['c']]],
  ['a>b>d a>c>d', [['a'], ['b', 'c'], ['d']]],
  ['a>b b>c side>c', [['a', 'side'], ['b'], ['c']]],
  ['a>b>c a>c', [['a'], ['b'], ['c']]],
  ['a>b>a', [['a', 'b']]]
])('%s has ranks', (text, ranks) => {
  expect(drawn(text).ranks).toEqual(ranks);
});

it.each([
  ['a>b>c a>c', ['a>b', 'b>c']],
  ['a>b>d a>c>d a>d', ['a>b', 'b>d', 'a>c', 'c>d']],
  ['a>b a>c', ['a>b', 'a>c']]
])('%s is drawn without what longer ways imply', (text, kept) => {
  expect(withoutShortcuts(drawn(text)).map(e => `${e.writer}>${e.reader}`)).toEqual(kept);
});
