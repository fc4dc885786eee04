// One open notebook as a pipeline: its analysis, its parameters, and the run that is shown in it.

import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Client, IRunRef } from '../client';
import { RequestError } from '../request';
import type { Analysis, Cell, Conversion, Finding, Fix, RunOrder, Step } from '../schema';
import { changesOf } from './edits';
import { HistoryModel } from './history';
import { obstacle, type Obstacle } from './obstacle';
import { ParametersModel } from './parameters';
import { ProposalModel } from './proposal';
import { Repeated } from './repeated';
import type { RunModel } from './run';
import type { RunsModel } from './runs';
import type { Change, INotebookSource } from './source';
import { stepLine, withStepLine } from './stepline';
import type { ISaid } from './tags';
import { Watchers } from './watchers';

interface ICellJson {
  id: string;
  source: string;
  metadata: Record<string, unknown>;
}

export type Target = 'kfp' | 'argo' | 'python';
export type Work = 'saving' | 'starting' | 'compiling' | 'stopping' | 'resuming' | 'proposing';

/** What came of the last work; `saved` says that the notebook was saved for it. */
export type Notice =
  | { readonly kind: 'started'; readonly saved: boolean; readonly run: IRunRef }
  | {
      readonly kind: 'compiled';
      readonly saved: boolean;
      readonly target: Target;
      readonly made: Conversion;
    }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'failed'; readonly work: Work; readonly error: RequestError };

/** The notebook was to be saved, and was not: the user has been asked and said no, or was told why. */
class NotSaved extends Error {}

export class NotebookModel implements IDisposable {
  constructor(
    readonly source: INotebookSource,
    readonly client: Client,
    readonly runs: RunsModel
  ) {
    this.history = new HistoryModel(runs, source.path);
    this.history.changed.connect(this._read, this);
    this.parameters.changed.connect(this._told, this);
    runs.engines.changed.connect(this._told, this);
    source.changed.connect(this._edited, this);
    source.disposed.connect(this.dispose, this);
    source.activeChanged.connect(this._moved, this);
    void source.ready.then(() => {
      this._edited();
      void this.history.refresh(); // A run of before may still go on.
    });
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

  /** What came of the last work, until the user has seen it. */
  get notice(): Notice | null {
    return this._notice;
  }

  dismiss(): void {
    this._notice = null;
    this._changed.emit();
  }

  /** What stands in the way of a run, or null. */
  get obstacle(): Obstacle | null {
    return obstacle({
      analysis: this._analysis,
      problem: this._problem,
      wrong: this.parameters.wrong,
      engine: this.runs.engines.named(this.engine)
    });
  }

  /** The engine that runs go to. */
  get engine(): string {
    return this._engine || this.runs.engines.fallback;
  }

  set engine(name: string) {
    this._engine = name;
    this._changed.emit();
  }

  /** The step of the cell that the user is at, or null. */
  get activeStep(): string | null {
    const id = this.source.active;
    return id === null ? null : (this.cell(id)?.step ?? null);
  }

  /** The user has moved to another cell. */
  get activeChanged(): ISignal<this, void> {
    return this._activeChanged;
  }

  /** A cell of the notebook, by its own id or the one that runs know it by. */
  cell(id: string): Cell | null {
    const { cells = [] } = this._analysis ?? {};
    return cells.find(each => each.id === id) ?? cells.find(each => each.derived === id) ?? null;
  }

  /**
   * The id in the open notebook of a cell of a run, or of what is on disk: files of older formats keep no ids. Cells of a
   * notebook that is called are in the one that stands for it. Null where the cell is no longer there.
   */
  idOf(cell: string): string | null {
    if (this.source.tags(cell) !== null) {
      return cell;
    }
    const [call, inner] = cell.split('/');
    return inner === undefined
      ? (this.cell(cell)?.id ?? null)
      : (this.step(call)?.cells[0] ?? null);
  }

  step(name: string): Step | null {
    return this._analysis?.steps.find(each => each.name === name) ?? null;
  }

  findingsOf(cell: string): readonly Finding[] {
    return this._analysis?.findings.filter(each => each.cell === cell) ?? [];
  }

  /** Keep the analysis current as long as what is returned is not disposed of. */
  watch(): IDisposable {
    return this._watchers.add();
  }

  /** Show a run at the cells; null shows none. */
  show(run: RunModel | null): void {
    if (run === this._run) {
      return;
    }
    this._watching?.dispose();
    this._run?.changed.disconnect(this._told, this);
    this._run?.ended.disconnect(this._learned, this);
    this._run = run;
    this._watching = run?.watch() ?? null;
    run?.changed.connect(this._told, this);
    run?.ended.connect(this._learned, this);
    this._changed.emit();
  }

  /** The steps that are proposed to the user just now, or null. */
  get proposal(): ProposalModel | null {
    return this._proposal;
  }

  /** Propose steps for the notebook, which has none. */
  async propose(): Promise<void> {
    await this._working('proposing', async () => {
      const notebook = this._unsaved();
      this._proposal = new ProposalModel(await this.client.proposal(notebook), notebook.notebook);
    });
  }

  /** Make what was proposed the tags of the cells. */
  accept(): void {
    if (this._proposal?.complete) {
      this.apply(this._proposal.changes);
      this.cancel();
    }
  }

  /** Propose nothing; the notebook stays as it is. */
  cancel(): void {
    this._proposal = null;
    this._changed.emit();
  }

  apply(changes: readonly Change[]): void {
    this.source.apply(changes);
  }

  /** Make a repair; false where the notebook has become another one meanwhile, and then it is left as it is. */
  repair(fix: Fix): boolean {
    const edits = fix.edits.map(edit =>
      edit.edit === 'metadata' ? edit : { ...edit, cell: this.idOf(edit.cell) ?? edit.cell }
    );
    const changes = changesOf(edits, this.source.read());
    if (changes !== null) {
      this.apply(changes);
    }
    return changes !== null;
  }

  /**
   * Give a step another name in the rest of the notebook, after one cell has got it: it said `before` what it is.
   *
   * Throws a `RequestError` where that cannot be.
   */
  async rename(old: string, name: string, cell: string, before: ISaid): Promise<void> {
    const { path, notebook } = this._unsaved();
    for (const each of notebook.cells as ICellJson[]) {
      if (each.id === cell) {
        each.metadata = { ...each.metadata, tags: before.tags };
        if (stepLine(each.source) !== '') {
          each.source = withStepLine(each.source, before.line);
        }
      }
    }
    const { edits } = await this.client.renaming({ path, notebook, old, new: name });
    if (!this.repair({ title: '', edits: edits.filter(edit => edit.cell !== cell) })) {
      throw new RequestError('The notebook has changed meanwhile.', 409);
    }
  }

  /**
   * Start a run of the notebook as it stands, and show it; what is not saved is saved first. Parameters and
   * engine are those that the user has entered, or those of an earlier run that is to be repeated.
   * Null where it could not be started: the notice says why.
   */
  start(given: Partial<Pick<RunOrder, 'parameters' | 'engine'>> = {}): Promise<RunModel | null> {
    return this._saved('starting', async saved => {
      const run = await this.runs.start({
        path: this.path,
        parameters: this.parameters.values,
        engine: this.engine,
        image: '',
        fresh: false,
        ...given
      });
      this._notice = { kind: 'started', saved, run: run.ref };
      this.show(run);
      return run;
    });
  }

  /** Write the notebook as the files of a target; what is not saved is saved first. */
  convert(target: Target): Promise<Conversion | null> {
    return this._saved('compiling', async saved => {
      const made = await this.client.convert({ path: this.path, target, output: '', image: '' });
      this._notice = { kind: 'compiled', saved, target, made };
      return made;
    });
  }

  /** Stop a run: the one that is shown. */
  async stop(run = this._run): Promise<void> {
    if (run !== null) {
      await this._working('stopping', () => run.cancel());
    }
  }

  /** Go on where a run has ended, or from one of its steps, with the notebook as it stands. */
  resume(ref: IRunRef, step = ''): Promise<RunModel | null> {
    return this._saved('resuming', async saved => {
      const run = await this.runs.resume(ref, step);
      this._notice = { kind: 'started', saved, run: run.ref };
      this.show(run);
      return run;
    });
  }

  /** Analyse the notebook now, whether it has changed or not: what lies beside it may have. */
  refresh(): Promise<void> {
    this._analysed = '';
    return this._analyses.now();
  }

  private async _analyse(): Promise<void> {
    const order = this._unsaved();
    const text = JSON.stringify(order);
    if (text !== this._analysed) {
      try {
        this._analysis = await this.client.analysis(order);
        this._problem = null;
        this._analysed = text;
      } catch (error) {
        if (!(error instanceof RequestError)) {
          throw error;
        }
        this._problem = error;
        this._analysed = '';
      }
    } else if (!this._stale) {
      return;
    }
    this._stale = this._problem !== null;
    if (!this._disposed) {
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
    this._analyses.dispose();
    this.history.dispose();
    Signal.clearData(this);
  }

  /** Work on what is on disk: what is not saved is saved before. */
  private _saved<T>(work: Work, make: (saved: boolean) => Promise<T>): Promise<T | null> {
    return this._working(work, async () => {
      const saved = this.source.dirty;
      if (saved) {
        this._at('saving');
        // Where it fails, JupyterLab tells the user why.
        await this.source.save().catch(() => undefined);
        if (this.source.dirty) {
          throw new NotSaved();
        }
        this._at(work);
      }
      return make(saved);
    });
  }

  private async _working<T>(work: Work, make: () => Promise<T>): Promise<T | null> {
    if (this._work !== null) {
      return null;
    }
    this._notice = null;
    this._at(work);
    try {
      return await make();
    } catch (error) {
      if (error instanceof RequestError) {
        this._notice = { kind: 'failed', work, error };
      } else if (error instanceof NotSaved) {
        this._notice = { kind: 'unsaved' };
      } else {
        throw error;
      }
      return null;
    } finally {
      this._at(null);
    }
  }

  private _at(work: Work | null): void {
    this._work = work;
    this._changed.emit();
  }

  /** The runs were read, so the server answers. */
  private _read(): void {
    if (this._problem?.passing && this.history.problem === null) {
      this._edited();
    }
    this._adopt();
  }

  /** Show the newest run that goes on, where none is shown that does: it was started before, or elsewhere. */
  private _adopt(): void {
    if (this._run === null || !this._run.goesOn) {
      const going = this.history.list?.find(each => each.state === 'running');
      const since = this._run?.run?.started ?? 0;
      if (going !== undefined && going.started > since) {
        this.show(this.runs.open(going));
      }
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
    if (this._watchers.any && !this._disposed) {
      this._analyses.soon();
    }
  }

  /** A run may have shown what the code does not. */
  private _learned(): void {
    this._analysed = '';
    this._edited();
  }

  private _moved(): void {
    this._activeChanged.emit();
  }

  private _told(): void {
    // That a run was started is no news when it has ended; that the notebook was saved is.
    const notice = this._notice;
    if (notice?.kind === 'started' && !notice.saved && this._run?.goesOn === false) {
      this._notice = null;
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _activeChanged = new Signal<this, void>(this);
  private readonly _analyses = new Repeated(() => this._analyse());
  private _analysis: Analysis | null = null;
  private _problem: RequestError | null = null;
  private _stale = true;
  /** What was analysed, as it was sent. */
  private _analysed = '';
  private readonly _watchers = new Watchers(() => this._edited());
  private _run: RunModel | null = null;
  private _watching: IDisposable | null = null;
  private _work: Work | null = null;
  private _notice: Notice | null = null;
  private _engine = '';
  private _proposal: ProposalModel | null = null;
  private _disposed = false;
}
