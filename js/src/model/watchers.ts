// Work that is done as long as somebody looks.

import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

/** Those who look at something: it begins with the first of them, and ends with the last. */
export class Watchers {
  constructor(
    private readonly _begin: () => void,
    private readonly _end: () => void = () => undefined
  ) {}

  /** Whether somebody looks. */
  get any(): boolean {
    return this._count > 0;
  }

  /** One more, until what is returned is disposed of. */
  add(): IDisposable {
    this._count += 1;
    if (this._count === 1) {
      this._begin();
    }
    return new DisposableDelegate(() => {
      this._count -= 1;
      if (this._count === 0) {
        this._end();
      }
    });
  }

  private _count = 0;
}

/** What asks the server again and again once it is started; less often where that fails, not at all for a hidden page. */
export function polled(
  name: string,
  work: () => Promise<void>,
  interval: number,
  max = 60_000
): Poll<void> {
  return new Poll({
    name: `nbflow:${name}`,
    auto: false,
    standby: 'when-hidden',
    frequency: { interval, backoff: true, max },
    factory: work
  });
}
