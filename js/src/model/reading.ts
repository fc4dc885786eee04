// What is read from the server, and read anew while it may change and somebody looks.

import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { RequestError } from '../request';
import { polled, Watchers } from './watchers';

export abstract class Reading<T> implements IDisposable {
  /** `often` is how often it is read, in milliseconds. */
  constructor(name: string, often: number) {
    this._poll = polled(name, () => this._read(), often);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What was read last; null before the first answer. */
  get found(): T | null {
    return this._found;
  }

  /** Why it cannot be read, or not now. */
  get problem(): RequestError | null {
    return this._problem;
  }

  /** Keep it current as long as what is returned is not disposed of. */
  watch(): IDisposable {
    return this._watchers.add();
  }

  /** Read it now. */
  refresh(): void {
    void this._poll.start();
    void this._poll.refresh();
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Ask the server. */
  protected abstract load(): Promise<T>;

  /** Whether what was found may change. */
  protected abstract goesOn(found: T): boolean;

  /** Something else is wanted from now on. */
  protected turn(): void {
    this._turns += 1;
    this._changed.emit();
    this.refresh();
  }

  private async _read(): Promise<void> {
    const turns = this._turns;
    try {
      const found = await this.load();
      if (turns === this._turns) {
        this._found = found;
        this._problem = null;
        if (!this.goesOn(found)) {
          void this._poll.stop();
        }
      }
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      this._problem = error;
      if (!error.passing) {
        void this._poll.stop();
      }
    }
    this._changed.emit();
  }

  private readonly _poll: ReturnType<typeof polled>;
  private readonly _watchers = new Watchers(
    () => {
      if (this._found === null || this.goesOn(this._found)) {
        void this._poll.start();
      }
    },
    () => void this._poll.stop()
  );
  private readonly _changed = new Signal<this, void>(this);
  private _turns = 0;
  private _found: T | null = null;
  private _problem: RequestError | null = null;
}
