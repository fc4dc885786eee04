// Runs of a folder side by side, read anew while one of them goes on and somebody looks.

import type { Client } from '../client';
import type { CellOutputs, Comparison } from '../schema';
import { Reading } from './reading';

/** How often runs that go on are compared anew, in milliseconds. */
const OFTEN = 3000;

export class ComparisonModel extends Reading<Comparison> {
  constructor(
    readonly client: Client,
    readonly folder: string,
    private _ids: readonly string[]
  ) {
    super('comparison', OFTEN);
  }

  /** The runs; the first is the one that others are compared with. */
  get ids(): readonly string[] {
    return this._ids;
  }

  /** Compare the others with this run. */
  lead(id: string): void {
    this._take([id, ...this._ids.filter(each => each !== id)]);
  }

  /** Compare without this run. */
  leave(id: string): void {
    this._take(this._ids.filter(each => each !== id));
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

  protected async load(): Promise<Comparison> {
    const found = await this.client.comparison(this.folder, this._ids);
    if (!this.goesOn(found)) {
      this._outputs.clear();
    }
    return found;
  }

  protected goesOn({ runs }: Comparison): boolean {
    return runs.some(run => run.state === 'running');
  }

  private _take(ids: readonly string[]): void {
    this._ids = ids;
    this.turn();
  }

  private readonly _outputs = new Map<string, ReturnType<Client['outputs']>>();
}
