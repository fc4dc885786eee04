// Batches: one notebook run with many sets of parameters. It knows no DOM.

import type { Client } from '../client';
import type { Batch, BatchSummary, ComparedValue, Row, RunSummary } from '../schema';
import { written } from './differences';
import { duration, type ITranslate } from './format';
import type { IPlotted } from './plots';
import { Reading } from './reading';
import type { State } from './run';
import { wordOf } from './states';

/** How often a batch is read, in milliseconds: members may be added to it at any time. */
const OFTEN = 5000;

export class BatchModel extends Reading<Batch> {
  constructor(
    readonly client: Client,
    readonly folder: string,
    readonly name: string
  ) {
    super('batch', OFTEN);
  }

  /** Go on with what has not ended well. */
  async resume(): Promise<void> {
    await this.client.resumeBatch(this.folder, this.name);
    this.refresh();
  }

  /** Stop the run of a member, and the batch with it. */
  async stop(run: string): Promise<void> {
    await this.client.cancel({ id: run, folder: this.folder });
    this.refresh();
  }

  protected load(): Promise<Batch> {
    return this.client.batch(this.folder, this.name);
  }

  protected goesOn(): boolean {
    return true;
  }
}

/** A line of the list of runs: a run, or a batch with those of its runs that are in the list. */
export interface IEntry {
  readonly batch: BatchSummary | null;
  readonly runs: readonly RunSummary[];
}

/** Runs, the newest first, those of one batch together where its newest one stands. */
export function entriesOf(
  runs: readonly RunSummary[],
  batches: readonly BatchSummary[]
): readonly IEntry[] {
  const known = new Map(batches.map(each => [each.name, each]));
  const found = new Map<string, { batch: BatchSummary | null; runs: RunSummary[] }>();
  runs.forEach(run => {
    const batch = known.get(run.batch) ?? null;
    const key = batch ? `batch ${batch.name}` : run.id;
    const entry = found.get(key) ?? { batch, runs: [] };
    entry.runs.push(run);
    found.set(key, entry);
  });
  return [...found.values()];
}

/** "20 members". */
export function membersOf({ members }: BatchSummary, trans: ITranslate): string {
  return trans._n('%1 member', '%1 members', members);
}

/** "18 done, 1 failed, 1 running". */
export function countsOf({ states }: BatchSummary, trans: ITranslate): string {
  return Object.entries(states)
    .map(([state, count]) => `${count} ${wordOf(state as State, trans)}`)
    .join(', ');
}

/** The members as what can be drawn, each by its number. */
export function plottedOf({ rows, parameters, metrics }: Batch): IPlotted {
  const row = (name: string, of: (row: Row) => Record<string, unknown>): ComparedValue => {
    const had = rows.filter(each => name in of(each));
    const values = Object.fromEntries(had.map(each => [each.member, of(each)[name]]));
    const differs =
      had.length < rows.length || new Set(Object.values(values).map(written)).size > 1;
    return { name, differs, values, defaults: {} };
  };
  return {
    runs: rows.map(each => ({ id: String(each.member) })),
    parameters: parameters.map(name => row(name, each => each.parameters)),
    metrics: metrics.map(name => row(name, each => each.metrics))
  };
}

/** "10 of 28 steps shared, 24 s saved"; "" where none is. */
export function sharedOf({ rows }: Batch, trans: ITranslate): string {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const [shared, steps] = [sum(row => row.shared), sum(row => row.steps)];
  const saved = duration(sum(row => row.saved));
  return shared ? trans.__('%1 of %2 steps shared, %3 saved', shared, steps, saved) : '';
}

/** A column of the table of members; its value is undefined where a member has none. */
export interface IColumn {
  readonly key: string;
  readonly label: string;
  of(row: Row): unknown;
  /** What stands where there is no value. */
  readonly absent?: string;
}

export function columnsOf({ parameters, metrics, rows }: Batch, trans: ITranslate): IColumn[] {
  const found: IColumn[] = [
    { key: 'member', label: trans.__('Member'), of: row => row.member },
    ...parameters.map(name => ({
      key: `parameter ${name}`,
      label: name,
      of: (row: Row) => row.parameters[name],
      absent: trans.__('default')
    })),
    ...metrics.map(name => ({
      key: `metric ${name}`,
      label: name,
      of: (row: Row) => row.metrics[name]
    })),
    { key: 'state', label: trans.__('State'), of: row => row.state },
    { key: 'seconds', label: trans.__('Took'), of: row => row.seconds },
    {
      key: 'shared',
      label: trans.__('Shared steps'),
      of: row => (row.run ? row.shared : undefined)
    }
  ];
  if (rows.some(row => row.error)) {
    found.push({ key: 'error', label: trans.__('Error'), of: row => row.error || undefined });
  }
  return found;
}
