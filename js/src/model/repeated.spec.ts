import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Repeated } from './repeated';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that takes so long, and the times at which it was begun. */
function work(milliseconds: number) {
  const begun: number[] = [];
  const start = Date.now();
  const repeated = new Repeated(async () => {
    begun.push(Date.now() - start);
    await new Promise(done => setTimeout(done, milliseconds));
  });
  return { begun, repeated };
}

it('is done once for all who ask in the pause', async () => {
  const { begun, repeated } = work(50);
  repeated.soon();
  repeated.soon();
  await vi.advanceTimersByTimeAsync(200);
  expect(begun).toEqual([20]);
});

it('pauses half as long as it took, and never runs twice at a time', async () => {
  const { begun, repeated } = work(100);
  repeated.soon();
  await vi.advanceTimersByTimeAsync(30);
  repeated.soon();
  await vi.advanceTimersByTimeAsync(100);
  repeated.soon();
  await vi.advanceTimersByTimeAsync(300);
  expect(begun).toEqual([20, 120, 220]);
});

it('goes on after work that failed, and not after it was disposed of', async () => {
  let count = 0;
  const repeated = new Repeated(() => {
    count += 1;
    return count === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
  });
  await expect(repeated.now()).rejects.toThrow('no');
  await repeated.now();
  expect(count).toBe(2);
  repeated.soon();
  repeated.dispose();
  await repeated.now();
  await vi.advanceTimersByTimeAsync(100);
  expect(count).toBe(2);
});
