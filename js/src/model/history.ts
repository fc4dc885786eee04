// The runs of a notebook, kept current while somebody looks at them.

import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { RequestError } from '../request';
import type { BatchSummary, RunSummary } from '../schema';
import type { RunsModel } from './runs';
import { polled, Watchers } from './watchers';

/** How often runs that were started elsewhere are looked for, in milliseconds. */
const OFTEN = 10_000;

export class HistoryModel implements IDisposable {
  constructor(
    readonly runs: RunsModel,
    private _notebook: string
  ) {
    runs.begun.connect(this._begun, this);
    runs.changed.connect(this._again, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The runs, the newest first; null before the first answer. */
  get list(): readonly RunSummary[] | null {
    return this._list;
  }

  /** The batches that some of the runs belong to, among others. */
  get batches(): readonly BatchSummary[] {
    return this._batches;
  }

  /** What engines that do not answer are told with. */
  get notes(): readonly string[] {
    return this._notes;
  }

  /** Whether there are older ones that are not in the list. */
  get more(): boolean {
    return this._more;
  }

  get problem(): RequestError | null {
    return this._problem;
  }

  get notebook(): string {
    return this._notebook;
  }

  set notebook(path: string) {
    this._notebook = path;
    this._list = null;
    this._again();
  }

  watch(): IDisposable {
    return this._watchers.add();
  }

  /** Read the runs now. */
  async refresh(): Promise<void> {
    await this._read();
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** A run that was started here is shown at once. */
  private _begun(_: RunsModel, run: RunSummary): void {
    if (run.notebook === this._notebook && this._list !== null) {
      this._list = [run, ...this._list];
      this._changed.emit();
    }
  }

  private _again(): void {
    if (this._watchers.any) {
      void this._poll.refresh();
    }
  }

  private async _read(): Promise<void> {
    const notebook = this._notebook;
    try {
      const { client } = this.runs;
      const found = await client.runs(notebook);
      const batches = found.runs.some(run => run.batch) ? await client.batches(notebook) : [];
      if (notebook !== this._notebook) {
        return;
      }
      this._list = found.runs;
      this._batches = batches;
      this.runs.meet(found.runs);
      this._notes = found.notes;
      this._more = found.more;
      this._problem = null;
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      this._problem = error;
    }
    this._changed.emit();
  }

  private readonly _poll = polled('history', () => this._read(), OFTEN);
  private readonly _watchers = new Watchers(
    () => void this._poll.start(),
    () => void this._poll.stop()
  );
  private readonly _changed = new Signal<this, void>(this);
  private _list: readonly RunSummary[] | null = null;
  private _batches: readonly BatchSummary[] = [];
  private _notes: readonly string[] = [];
  private _more = false;
  private _problem: RequestError | null = null;
}
