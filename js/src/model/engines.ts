// The places where runs can go.

import { Signal, type ISignal } from '@lumino/signaling';

import type { Client } from '../client';
import { RequestError } from '../request';
import type { Engine } from '../schema';

/** The engine that is always there. */
export const LOCAL = 'local';

export class EnginesModel {
  constructor(readonly client: Client) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** This machine, and those that the user has named; null before the first answer. */
  get list(): readonly Engine[] | null {
    return this._list;
  }

  get problem(): RequestError | null {
    return this._problem;
  }

  /** The engine that the user prefers; "" leaves it to the server. */
  get preferred(): string {
    return this._preferred;
  }

  set preferred(name: string) {
    this._preferred = name;
    this._changed.emit();
  }

  /** Where runs go for which no engine was chosen. */
  get fallback(): string {
    const names = this._list?.map(each => each.name) ?? [LOCAL];
    if (this._preferred && names.includes(this._preferred)) {
      return this._preferred;
    }
    return this._list?.find(each => each.default)?.name ?? LOCAL;
  }

  named(name: string): Engine | null {
    return this._list?.find(each => each.name === name) ?? null;
  }

  /** Read them anew: they stand in a file that the user edits. */
  async refresh(): Promise<void> {
    try {
      this._list = (await this.client.engines()).engines;
      this._problem = null;
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      this._problem = error;
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _list: readonly Engine[] | null = null;
  private _problem: RequestError | null = null;
  private _preferred = '';
}
