// All runs that are shown somewhere: one model for each, whoever shows it.

import { Signal, type ISignal } from '@lumino/signaling';

import type { Client, IRunRef } from '../client';
import type { RunOrder, RunSummary } from '../schema';
import { EnginesModel } from './engines';
import { RunModel } from './run';

/** So many runs may keep a request waiting at the server. */
const PATIENT = 2;

export class RunsModel {
  constructor(readonly client: Client) {
    this.engines = new EnginesModel(client);
  }

  /** Where runs can go. */
  readonly engines: EnginesModel;

  /** A run has begun; told before `changed` is. */
  get begun(): ISignal<this, RunSummary> {
    return this._begins;
  }

  /** Any of the runs that were opened has changed. */
  get told(): ISignal<this, void> {
    return this._told;
  }

  /** A run was started, was resumed, or has ended. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The model of a run. */
  open({ id, folder }: IRunRef): RunModel {
    const key = keyOf({ id, folder });
    let found = this._known.get(key);
    if (found === undefined) {
      const made: RunModel = new RunModel(this.client, { id, folder }, () =>
        this._isAmongFirst(made)
      );
      found = made;
      found.ended.connect(() => this._changed.emit());
      found.changed.connect(() => this._told.emit());
      this._known.set(key, found);
    }
    return found;
  }

  /** The runs that go on, of those that somebody follows. */
  get going(): readonly RunModel[] {
    return [...this._known.values()].filter(each => each.isWatched && each.state === 'running');
  }

  /** Take note of runs as they are listed. */
  meet(seen: readonly RunSummary[]): void {
    seen.forEach(each => this._known.get(keyOf(each))?.meet(each));
  }

  async start(order: RunOrder): Promise<RunModel> {
    return this._begun(await this.client.start(order));
  }

  /** A new run that goes on where another one has ended, or from one of its steps. */
  async resume(ref: IRunRef, step = ''): Promise<RunModel> {
    return this._begun(await this.client.resume(ref, step));
  }

  private _begun(summary: RunSummary): RunModel {
    const model = this.open(summary);
    model.meet(summary);
    this._begins.emit(summary);
    this._changed.emit();
    return model;
  }

  /** A browser opens six connections to a server; JupyterLab needs some of them itself. */
  private _isAmongFirst(run: RunModel): boolean {
    const following = [...this._known.values()].filter(each => each.isWatched && each.goesOn);
    return following.indexOf(run) < PATIENT;
  }

  private readonly _known = new Map<string, RunModel>();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _begins = new Signal<this, RunSummary>(this);
  private readonly _told = new Signal<this, void>(this);
}

function keyOf({ id, folder }: IRunRef): string {
  return `${folder}\n${id}`;
}
