// Work that is done again whenever something has changed.

import type { IDisposable } from '@lumino/disposable';

/** The shortest and the longest pause before the work is done again, in milliseconds. */
const LEAST = 20;
const MOST = 1000;

/** Work that is done one at a time, and after a pause of half the time that it took before. */
export class Repeated implements IDisposable {
  constructor(private readonly _work: () => Promise<void>) {}

  /** Do the work soon, once for all that ask meanwhile. */
  soon(): void {
    if (this._timer === null && !this._disposed) {
      this._timer = setTimeout(() => void this.now(), this._pause);
    }
  }

  /** Do the work when what is being done has ended; settles when it has been done. */
  now(): Promise<void> {
    this._stop();
    const done = this._last.then(() => this._timed());
    this._last = done.catch(() => undefined);
    return done;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._stop();
  }

  private async _timed(): Promise<void> {
    if (this._disposed) {
      return;
    }
    const began = Date.now();
    try {
      await this._work();
    } finally {
      this._pause = Math.min(Math.max((Date.now() - began) / 2, LEAST), MOST);
    }
  }

  private _stop(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }

  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _last: Promise<void> = Promise.resolve();
  private _pause = LEAST;
  private _disposed = false;
}
