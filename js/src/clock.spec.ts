import { expect, test } from 'vitest';

import { Clock } from './clock';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const DATE = 'Sun, 01 Mar 2026 12:00:00 GMT';

/** How much the server is ahead after answers that were asked for and came so many seconds after noon. */
function ahead(...answers: [date: string | null, asked: number, came: number][]): number {
  const clock = new Clock();
  answers.forEach(([date, asked, came]) =>
    clock.hear(date, NOON + asked * 1000, NOON + came * 1000)
  );
  return Math.round((clock.now() - Date.now() / 1000) * 10) / 10;
}

test.each<[string, Parameters<typeof ahead>, number]>([
  ['nothing was heard', [], 0],
  ['no date', [[null, 0, 0.1]], 0],
  ['a date that is none', [['yesterday', 0, 0.1]], 0],
  ['the clocks agree', [[DATE, 0, 0.1]], 0],
  ['what the date leaves out is no difference', [[DATE, 0.9, 0.95]], 0],
  ['the browser is an hour ahead', [[DATE, 3600, 3600.2]], -3599],
  ['the browser is an hour behind', [[DATE, -3600, -3599.8]], 3599.8],
  ['an answer that was waited for says little', [[DATE, -20, 0.5]], 0],
  [
    'a later answer that fits changes nothing',
    [
      [DATE, 3600, 3600.2],
      [DATE, 3599.5, 3600.4]
    ],
    -3599
  ],
  [
    'a later one makes it more exact',
    [
      [DATE, 3600, 3610],
      [DATE, 3600.8, 3600.9]
    ],
    -3599.8
  ],
  [
    'the browser was set right meanwhile',
    [
      [DATE, 3600, 3600.2],
      [DATE, 0, 0.2]
    ],
    -0.2
  ],
  ['the browser was set back while it waited', [[DATE, 3600, 0.2]], 0]
])('%s', (_, answers, expected) => {
  expect(ahead(...answers)).toBeCloseTo(expected, 1);
});
