import { describe, expect, it } from 'vitest';

import type { IStepState } from '../../model/run';
import type { RunStep } from '../../schema';
import { failedIn, keyOf } from './failed';

const ERROR = { cell: 'c2', ename: 'ValueError', evalue: 'no', traceback: ['a', 'b'] };

function step(name: string, change: Partial<IStepState>): IStepState {
  const rest = { started: null, seconds: null, message: '', error: null, reused: '', again: '' };
  return { name, state: 'waiting', ...rest, ...change };
}

function run(goesOn: boolean, steps: IStepState[], failure: typeof ERROR | null = null) {
  const recorded = (name: string) => ({ name, failure }) as unknown as RunStep;
  return { ref: { id: '7', folder: 'f' }, goesOn, steps, recorded };
}

describe('failedIn', () => {
  it('knows the cell, and what is left', () => {
    const steps = [
      step('load', { state: 'done' }),
      step('train', { state: 'failed', error: ERROR }),
      step('show', { state: 'skipped' })
    ];
    const [found, ...others] = failedIn(run(false, steps));
    expect(others).toEqual([]);
    expect(found).toEqual({
      ...ERROR,
      run: { id: '7', folder: 'f' },
      step: 'train',
      over: true,
      left: ['train', 'show']
    });
    expect(keyOf(found)).toBe('f\n7\nc2');
  });

  it('takes from the record what nobody watched', () => {
    const steps = [step('train', { state: 'failed' })];
    expect(failedIn(run(true, steps, ERROR))).toMatchObject([{ cell: 'c2', over: false }]);
  });

  it('has nothing where no cell is known, or none failed', () => {
    expect(failedIn(null)).toEqual([]);
    expect(failedIn(run(false, [step('a', { state: 'failed' })]))).toEqual([]);
    expect(failedIn(run(false, [step('a', { state: 'done', error: ERROR })]))).toEqual([]);
  });
});
