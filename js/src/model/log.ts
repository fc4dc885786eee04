// The log of one step of a run: out of the run's events where they tell it, else asked for.

import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { RequestError } from '../request';
import type { Log } from '../schema';
import type { RunModel } from './run';
import { Terminal } from './terminal';
import { polled } from './watchers';

/** How often the log of a step elsewhere is asked for, in milliseconds. */
const OFTEN = 5_000;

export class LogModel {
  constructor(
    readonly run: RunModel,
    readonly step: string
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is written, as a terminal shows it; another one where the log had to be read anew. */
  get terminal(): Terminal {
    return this._terminal;
  }

  /** Whether there is more before the first line. */
  get cut(): boolean {
    return this._cut || this._terminal.dropped > 0;
  }

  /** Whether the log was not read yet. */
  get loading(): boolean {
    return this._loading;
  }

  get problem(): RequestError | null {
    return this._problem;
  }

  /** Keep the log current as long as what is returned is not disposed of. */
  watch(): IDisposable {
    this.run.logged.connect(this._logged, this);
    this.run.changed.connect(this._update, this);
    this._update();
    return new DisposableDelegate(() => {
      this.run.logged.disconnect(this._logged, this);
      this.run.changed.disconnect(this._update, this);
      void this._poll.stop();
      this._asked = null;
    });
  }

  /** Ask anew, after a failure. */
  retry(): void {
    this._loading = true;
    this._changed.emit();
    void this._poll.refresh();
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private _logged(_: RunModel, step: string): void {
    if (step === this.step) {
      this._update();
    }
  }

  /** Take what is new, or begin to ask for it. */
  private _update(): void {
    const log = this.run.log(this.step);
    const state = this.run.step(this.step)?.state;
    if (log.count > 0) {
      this._take(log.pieces.slice(Math.max(this._taken - (log.count - log.pieces.length), 0)));
      this._cut ||= this._taken < log.count - log.pieces.length;
      this._taken = log.count;
    } else if (this.run.run !== null && state && state !== 'waiting' && this._asked !== state) {
      if (state === 'running' && this.run.live) {
        this._settle();
      } else {
        // Once more when the step has ended, and again and again until it has.
        this._asked = state;
        void this._poll.refresh();
      }
    } else if (state === 'waiting') {
      this._settle();
    }
  }

  private _take(pieces: Log['pieces']): void {
    for (const { text, cell, stream } of pieces) {
      this._terminal.write(text, cell, stream);
      this._texts.push(text);
    }
    this._loading = false;
    this._problem = null;
    this._changed.emit();
  }

  private _settle(): void {
    if (this._loading) {
      this._loading = false;
      this._changed.emit();
    }
  }

  private async _ask(): Promise<void> {
    try {
      const found = await this.run.client.log(this.run.ref, this.step);
      if (this._taken > 0) {
        return;
      }
      if (!this._isKnown(found)) {
        this._terminal = new Terminal();
        this._texts = [];
      }
      this._cut = found.cut > 0;
      const known = this._texts.length;
      this._take(found.pieces.slice(known));
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      this._problem = error;
      this._loading = false;
      this._changed.emit();
    }
    if (this._asked !== 'running' || this._problem?.passing === false) {
      void this._poll.stop();
    }
  }

  /** Whether a log begins with the pieces that are shown. */
  private _isKnown(log: Log): boolean {
    return this._texts.every((text, index) => log.pieces[index]?.text === text);
  }

  private readonly _poll = polled('log', () => this._ask(), OFTEN);
  private readonly _changed = new Signal<this, void>(this);
  private _terminal = new Terminal();
  private _texts: string[] = [];
  private _taken = 0;
  private _asked: string | null = null;
  private _cut = false;
  private _loading = true;
  private _problem: RequestError | null = null;
}
