// One open notebook as a pipeline: its analysis, its parameters, and the run that is shown in it.

import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Client } from '../client';
import { RequestError } from '../request';
import type { Analysis, Cell, Conversion, Finding, Proposal, Step } from '../schema';
import { HistoryModel } from './history';
import { ParametersModel } from './parameters';
import type { RunModel } from './run';
import type { RunsModel } from './runs';
import type { ICellChange, INotebookSource } from './source';

/** So long after the last change the notebook is analysed, in milliseconds. */
const PAUSE = 250;

export type Target = 'kfp' | 'argo' | 'python';
export type Work = 'saving' | 'starting' | 'compiling';

export class NotebookModel implements IDisposable {
  constructor(
    readonly source: INotebookSource,
    readonly client: Client,
    readonly runs: RunsModel
  ) {
    this.history = new HistoryModel(runs, source.path);
    source.changed.connect(this._edited, this);
    source.disposed.connect(this.dispose, this);
    void source.ready.then(() => this._edited());
  }

  readonly parameters = new ParametersModel();
  readonly history: HistoryModel;

  /** Anything of what is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get path(): string {
    return this.source.path;
  }

  /** The notebook as a pipeline; the last one while a newer is made, null before the first. */
  get analysis(): Analysis | null {
    return this._analysis;
  }

  /** Why there is no current analysis. */
  get problem(): RequestError | null {
    return this._problem;
  }

  /** Whether the notebook has changed since it was analysed. */
  get stale(): boolean {
    return this._stale;
  }

  /** The run whose states are shown at the cells, or null. */
  get run(): RunModel | null {
    return this._run;
  }

  /** What is being done for the user just now. */
  get work(): Work | null {
    return this._work;
  }

  /** The engine that runs go to. */
  get engine(): string {
    return this._engine;
  }

  set engine(name: string) {
    this._engine = name;
    this._changed.emit();
  }

  cell(id: string): Cell | null {
    return this._analysis?.cells.find(each => each.id === id) ?? null;
  }

  step(name: string): Step | null {
    return this._analysis?.steps.find(each => each.name === name) ?? null;
  }

  findingsOf(cell: string): readonly Finding[] {
    return this._analysis?.findings.filter(each => each.cell === cell) ?? [];
  }

  /** Keep the analysis current as long as what is returned is not disposed of. */
  watch(): IDisposable {
    this._watchers += 1;
    if (this._watchers === 1) {
      this._edited();
    }
    return new DisposableDelegate(() => {
      this._watchers -= 1;
    });
  }

  /** Show a run at the cells; null shows none. */
  show(run: RunModel | null): void {
    if (run === this._run) {
      return;
    }
    this._watching?.dispose();
    this._run?.changed.disconnect(this._told, this);
    this._run = run;
    this._watching = run?.watch() ?? null;
    run?.changed.connect(this._told, this);
    this._changed.emit();
  }

  /** The tags that the notebook without steps would get. */
  propose(): Promise<Proposal> {
    return this.client.proposal(this._unsaved());
  }

  apply(changes: readonly ICellChange[]): void {
    this.source.apply(changes);
  }

  /** Start a run of the notebook as it stands; what is not saved is saved first. */
  start(): Promise<RunModel> {
    return this._working('starting', async () => {
      const run = await this.runs.start({
        path: this.path,
        parameters: this.parameters.values,
        engine: this._engine,
        image: '',
        fresh: false
      });
      this.show(run);
      return run;
    });
  }

  /** Write the notebook as the files of a target; what is not saved is saved first. */
  convert(target: Target): Promise<Conversion> {
    return this._working('compiling', () =>
      this.client.convert({ path: this.path, target, output: '', image: '' })
    );
  }

  /** Analyse the notebook now. */
  async refresh(): Promise<void> {
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    try {
      this._analysis = await this.client.analysis(this._unsaved(), abort.signal);
      this._problem = null;
      this._stale = false;
    } catch (error) {
      if (abort.signal.aborted) {
        return;
      }
      if (!(error instanceof RequestError)) {
        throw error;
      }
      this._problem = error;
    }
    if (abort === this._abort && !this._disposed) {
      this.parameters.update(this._analysis?.parameters ?? []);
      this._changed.emit();
    }
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this.show(null);
    this._abort?.abort();
    this._refreshed.dispose();
    this.history.dispose();
    Signal.clearData(this);
  }

  private async _working<T>(work: Work, make: () => Promise<T>): Promise<T> {
    try {
      if (this.source.dirty) {
        this._work = 'saving';
        this._changed.emit();
        await this.source.save();
      }
      this._work = work;
      this._changed.emit();
      return await make();
    } finally {
      this._work = null;
      this._changed.emit();
    }
  }

  private _unsaved(): { path: string; notebook: Record<string, unknown> } {
    return { path: this.path, notebook: this.source.read() };
  }

  private _edited(): void {
    this._stale = true;
    if (this.history.notebook !== this.source.path) {
      this.history.notebook = this.source.path;
    }
    if (this._watchers > 0 && !this._disposed) {
      void this._refreshed.invoke();
    }
  }

  private _told(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _refreshed = new Debouncer(() => this.refresh(), PAUSE);
  private _analysis: Analysis | null = null;
  private _problem: RequestError | null = null;
  private _stale = true;
  private _abort: AbortController | null = null;
  private _watchers = 0;
  private _run: RunModel | null = null;
  private _watching: IDisposable | null = null;
  private _work: Work | null = null;
  private _engine = 'local';
  private _disposed = false;
}
