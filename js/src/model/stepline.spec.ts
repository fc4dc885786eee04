import { describe, expect, it } from 'vitest';

import { stepLine, withStepLine } from './stepline';

describe('the step line of a cell', () => {
  it.each([
    ['%%step train --gpu 1\nx = 1', '%%step train --gpu 1'],
    ['\n  %%step a \n', '%%step a'],
    ['%%step', '%%step'],
    ['x\n%%step a', ''],
    ['%%steps a', ''],
    ['%%step?', ''],
    ['', '']
  ])('is the first that is not blank: %j', (source, line) => {
    expect(stepLine(source)).toBe(line);
  });

  it.each([
    ['%%step a\nx = 1', '%%step b', '%%step b\nx = 1'],
    ['\n%%step a\n\nx', '%%step b --gpu 1', '\n%%step b --gpu 1\n\nx'],
    ['%%step a\nx = 1', '', 'x = 1'],
    ['%%step a', '', '']
  ])('is exchanged alone: %j', (source, line, wanted) => {
    expect(withStepLine(source, line)).toBe(wanted);
  });
});
