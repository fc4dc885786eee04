// Runs of a folder side by side, read anew while one of them goes on and somebody looks.

import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Client } from '../client';
import { RequestError } from '../request';
import type { CellOutputs, Comparison } from '../schema';
import { polled, Watchers } from './watchers';

/** How often runs that go on are compared anew, in milliseconds. */
const OFTEN = 3000;

export class ComparisonModel implements IDisposable {
  constructor(
    readonly client: Client,
    readonly folder: string,
    private _ids: readonly string[]
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The runs; the first is the one that others are compared with. */
  get ids(): readonly string[] {
    return this._ids;
  }

  /** The runs side by side; null before the first answer. */
  get comparison(): Comparison | null {
    return this._comparison;
  }

  /** Why they cannot be compared, or not now. */
  get problem(): RequestError | null {
    return this._problem;
  }

  get goesOn(): boolean {
    return this._comparison?.runs.some(run => run.state === 'running') ?? false;
  }

  /** Compare the others with this run. */
  lead(id: string): void {
    this._take([id, ...this._ids.filter(each => each !== id)]);
  }

  /** Compare without this run. */
  leave(id: string): void {
    this._take(this._ids.filter(each => each !== id));
  }

  /** Keep the comparison current as long as what is returned is not disposed of. */
  watch(): IDisposable {
    return this._watchers.add();
  }

  /** Read it now. */
  refresh(): void {
    void this._poll.start();
    void this._poll.refresh();
  }

  /** What a cell of a step of a run has shown, as nbformat has it; null where it is not kept. */
  async outputs(run: string, step: string, cell: string): Promise<CellOutputs | null> {
    const key = `${run}\n${step}`;
    const asked =
      this._outputs.get(key) ?? this.client.outputs({ id: run, folder: this.folder }, step);
    this._outputs.set(key, asked);
    try {
      return (await asked).cells.find(each => each.id === cell) ?? null;
    } catch (error) {
      this._outputs.delete(key);
      throw error;
    }
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private _take(ids: readonly string[]): void {
    this._ids = ids;
    this._changed.emit();
    this.refresh();
  }

  private async _read(): Promise<void> {
    const ids = this._ids;
    try {
      const found = await this.client.comparison(this.folder, ids);
      if (ids === this._ids) {
        this._comparison = found;
        this._problem = null;
        if (!this.goesOn) {
          this._outputs.clear();
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

  private readonly _poll = polled('comparison', () => this._read(), OFTEN);
  private readonly _watchers = new Watchers(
    () => void (this._comparison === null || this.goesOn ? this._poll.start() : undefined),
    () => void this._poll.stop()
  );
  private readonly _changed = new Signal<this, void>(this);
  private readonly _outputs = new Map<string, ReturnType<Client['outputs']>>();
  private _comparison: Comparison | null = null;
  private _problem: RequestError | null = null;
}
