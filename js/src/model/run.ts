// One run, followed while somebody watches it.

import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Client, IRunRef } from '../client';
import { RequestError } from '../request';
import type { CellError, Events, Run, RunStep, RunSummary } from '../schema';
import { polled, Watchers } from './watchers';

/** The words for states of steps and runs, as the server has them. */
export type State = 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'stopped';

/** A step as it stands. `started` and `seconds` are in seconds; `again` says that it runs anew in this run. */
export interface IStepState {
  readonly name: string;
  readonly state: State;
  readonly started: number | null;
  readonly seconds: number | null;
  readonly message: string;
  readonly error: CellError | null;
  readonly reused: string;
  readonly again: string;
}

/** How many of the steps have ended, and how many there are. */
export function progress(steps: readonly IStepState[]): { done: number; all: number } {
  const going = steps.filter(each => each.state === 'waiting' || each.state === 'running').length;
  return { done: steps.length - going, all: steps.length };
}

/** What a cell has written to a stream, in order. */
interface ILogPiece {
  readonly cell: string;
  readonly stream: string;
  readonly text: string;
}

/** The last pieces of a log, and how many there were in all. */
interface ILog {
  readonly pieces: readonly ILogPiece[];
  readonly count: number;
}

/** So many characters of each step's log are kept here; the server has all of it. */
const MOST_LOG = 1 << 20;
/** How long the server may wait for an event, in seconds. */
const WAIT = 20;
/** How often a run is asked for that the server is not to wait for, in milliseconds. */
const OFTEN = 2000;

/** How soon it is asked for again after an answer that was waited for, and how rarely where it fails. */
const SOON = 100;
const RARELY = 5000;

type Event = Events['events'][number];

export class RunModel {
  constructor(
    readonly client: Client,
    readonly ref: IRunRef,
    /** Whether the server may keep a request of this run waiting: a browser has few connections. */
    private readonly _patient: () => boolean = () => true
  ) {}

  /** A step or the run has changed its state, or what is recorded of it has. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A step has written something; the argument is its name. */
  get logged(): ISignal<this, string> {
    return this._logged;
  }

  /** The run has ended; told once. */
  get ended(): ISignal<this, void> {
    return this._ended;
  }

  /** What is recorded of the run; null before the first answer. */
  get run(): Run | null {
    return this._run;
  }

  /** Why the run cannot be shown, or cannot be followed for now. */
  get problem(): RequestError | null {
    return this._problem;
  }

  get state(): State | null {
    return this._state;
  }

  /** Whether somebody follows the run. */
  get isWatched(): boolean {
    return this._watchers.any;
  }

  get goesOn(): boolean {
    return this._state === null || this._state === 'running';
  }

  /** Whether what the steps write comes as events: it does not from runs elsewhere. */
  get live(): boolean {
    return this._live;
  }

  get steps(): readonly IStepState[] {
    return [...this._steps.values()];
  }

  step(name: string): IStepState | null {
    return this._steps.get(name) ?? null;
  }

  /** What is recorded of a step; null while it waits or before the record was read. */
  recorded(name: string): RunStep | null {
    return this._run?.steps.find(each => each.name === name) ?? null;
  }

  /** What a step has written, as far as events have told it. */
  log(step: string): ILog {
    return this._logs.get(step) ?? { pieces: [], count: 0 };
  }

  /** Follow the run as long as what is returned is not disposed of. */
  watch(): IDisposable {
    return this._watchers.add();
  }

  /** Forget what is known where the number belongs to another run now: the folder with all runs may have been deleted. */
  meet(seen: RunSummary): void {
    if (this._run === null || this._run.profile || seen.profile) {
      return;
    }
    if (this._run.started !== seen.started) {
      this._beginAnew();
      this._steps.clear();
      this._complete = false;
      this._run = this._state = this._problem = null;
      this._changed.emit();
      if (this.isWatched) {
        this._abort.abort();
        this._abort = new AbortController();
        void this._poll.stop().then(() => this._poll.start());
      }
    }
  }

  async cancel(): Promise<void> {
    await this.client.cancel(this.ref);
    void this._poll.refresh();
  }

  /** Read anew what is recorded. */
  async refresh(): Promise<void> {
    const run = await this.client.run(this.ref);
    this._run = run;
    this._problem = null;
    this._live = !run.profile;
    for (const step of run.steps) {
      this._recordedStep(step);
    }
    if (this._state === null || run.state !== 'running') {
      this._state = run.state as State;
    }
    this._changed.emit();
  }

  private _begin(): void {
    if (!this._complete) {
      this._abort = new AbortController();
      void this._poll.start();
    }
  }

  private _leave(): void {
    this._abort.abort();
    void this._poll.stop();
    this._changed.emit();
  }

  private async _follow(): Promise<void> {
    const { signal } = this._abort;
    try {
      if (this._run === null) {
        await this.refresh();
        if (!this.goesOn) {
          this._finish();
          return;
        }
      }
      const patient = this._patient();
      const wait = this.goesOn && patient ? WAIT : 0;
      this._poll.frequency = { ...this._poll.frequency, interval: patient ? SOON : OFTEN };
      const answer = await this.client.events(this.ref, this._cursor, wait, signal);
      this._problem = null;
      await this._take(answer);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error instanceof RequestError) {
        this._problem = error;
        this._changed.emit();
        if (error.status === 409 && this._cursor > 0) {
          this._beginAnew();
        } else if (!error.passing) {
          void this._poll.stop();
          return;
        }
      }
      throw error;
    }
  }

  private async _take(answer: Events): Promise<void> {
    const fresh = this._cursor !== answer.cursor;
    this._cursor = answer.cursor;
    this._live = answer.live;
    const logged = new Set<string>();
    let recorded = false;
    for (const event of answer.events) {
      if (event.event === 'step-log') {
        this._write(event.step, event);
        logged.add(event.step);
      } else {
        this._happened(event);
        recorded ||= event.event === 'step-ended' || event.event === 'run-ended';
      }
    }
    this._state = answer.state as State;
    if (answer.state !== 'running' && answer.events.length === 0) {
      await this.refresh();
      this._finish();
    } else if (recorded) {
      await this.refresh();
    } else if (fresh) {
      this._changed.emit();
    }
    logged.forEach(step => this._logged.emit(step));
  }

  /** All is told: what is recorded of a run that has ended says as much as its events. */
  private _finish(): void {
    this._complete = true;
    void this._poll.stop();
    this._ended.emit();
  }

  /** The server does not know the cursor: another one has taken its place. */
  private _beginAnew(): void {
    this._cursor = 0;
    this._logs.clear();
  }

  private _happened(event: Exclude<Event, { event: 'step-log' }>): void {
    switch (event.event) {
      case 'run-started':
        event.steps.forEach(name => this._steps.has(name) || this._set(name, {}));
        break;
      case 'step-started':
        this._set(event.step, {
          ...WAITING,
          name: event.step,
          state: 'running',
          started: event.time,
          again: event.again
        });
        break;
      case 'step-ended':
        this._set(event.step, {
          state: event.state,
          seconds: event.seconds,
          message: event.message,
          error: event.error,
          reused: event.reused
        });
        break;
      case 'run-ended':
        this._state = event.state;
    }
  }

  /** A record says no more than the events do, save of steps that ended before anybody watched. */
  private _recordedStep(step: RunStep): void {
    const known = this._steps.get(step.name);
    if (known?.state === 'running' && step.state === 'waiting') {
      return;
    }
    this._set(step.name, {
      state: step.state as State,
      started: step.started ?? known?.started ?? null,
      seconds: step.seconds,
      message: step.message,
      reused: step.reused
    });
  }

  private _set(name: string, change: Partial<IStepState>): void {
    const known = this._steps.get(name) ?? { ...WAITING, name };
    this._steps.set(name, { ...known, ...change });
  }

  private _write(step: string, piece: ILogPiece): void {
    const log = this._logs.get(step) ?? { pieces: [], count: 0, size: 0 };
    log.pieces.push({ cell: piece.cell, stream: piece.stream, text: piece.text });
    log.count += 1;
    log.size += piece.text.length;
    while (log.size > MOST_LOG && log.pieces.length > 1) {
      log.size -= log.pieces.shift()!.text.length;
    }
    this._logs.set(step, log);
  }

  private readonly _poll = polled('run', () => this._follow(), SOON, RARELY);
  private readonly _watchers = new Watchers(
    () => this._begin(),
    () => this._leave()
  );
  private readonly _steps = new Map<string, IStepState>();
  private readonly _logs = new Map<string, { pieces: ILogPiece[]; count: number; size: number }>();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _logged = new Signal<this, string>(this);
  private readonly _ended = new Signal<this, void>(this);
  private _abort = new AbortController();
  private _cursor = 0;
  private _complete = false;
  private _live = true;
  private _run: Run | null = null;
  private _state: State | null = null;
  private _problem: RequestError | null = null;
}

const WAITING: IStepState = {
  name: '',
  state: 'waiting',
  started: null,
  seconds: null,
  message: '',
  error: null,
  reused: '',
  again: ''
};
