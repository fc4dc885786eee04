// What can be asked of the server, each with the types of the schema. It keeps no state.

import type { ServerConnection } from '@jupyterlab/services';

import { address, request, type IAsk } from './request';
import type {
  Analysis,
  Batch,
  BatchList,
  BatchSummary,
  Comparison,
  CellTags,
  Conversion,
  ConversionOrder,
  Engines,
  Events,
  Explanation,
  Log,
  Outputs,
  Preview,
  Proposal,
  Renaming,
  RenamingOrder,
  Run,
  RunList,
  RunOrder,
  RunSummary,
  TagOrder,
  StepCode,
  Unsaved
} from './schema';

/** A run: its number in the store of a folder, and that folder. */
export interface IRunRef {
  readonly id: string;
  readonly folder: string;
}

export class Client {
  constructor(readonly settings: ServerConnection.ISettings) {}

  /** A notebook, as an editor holds it, as a pipeline. */
  analysis(notebook: Unsaved, signal?: AbortSignal): Promise<Analysis> {
    return this._post('analysis', { body: notebook, signal });
  }

  /** A notebook, as it is on disk, as a pipeline. */
  analysisAt(path: string, signal?: AbortSignal): Promise<Analysis> {
    return this._get('analysis', { query: { path }, signal });
  }

  /** The tags that a notebook without steps would get. */
  proposal(notebook: Unsaved): Promise<Proposal> {
    return this._post('proposal', { body: notebook });
  }

  /** What the tags of a cell say, and the tags after a change; nothing is written. */
  tags(order: TagOrder): Promise<CellTags> {
    return this._post('tags', { body: order });
  }

  /** The changes of tags that give a step of a notebook another name; nothing is written. */
  renaming(order: RenamingOrder): Promise<Renaming> {
    return this._post('renamings', { body: order });
  }

  /** The notebook on disk, written as the files of a target. */
  convert(order: ConversionOrder): Promise<Conversion> {
    return this._post('conversions', { body: order });
  }

  /** What the documentation says of a finding. */
  explanation(code: string): Promise<Explanation> {
    return this._get('findings', { query: { code } });
  }

  engines(): Promise<Engines> {
    return this._get('engines');
  }

  /** The runs of a notebook, the newest first. */
  runs(notebook: string, limit?: number, signal?: AbortSignal): Promise<RunList> {
    return this._get('runs', { query: { notebook, limit }, signal });
  }

  start(order: RunOrder): Promise<RunSummary> {
    return this._post('runs', { body: order });
  }

  run(ref: IRunRef, signal?: AbortSignal): Promise<Run> {
    return this._get(`runs/${ref.id}`, { query: { folder: ref.folder }, signal });
  }

  /** What has happened since a cursor; waits for it up to `wait` seconds. */
  events(ref: IRunRef, since: number, wait: number, signal?: AbortSignal): Promise<Events> {
    return this._get(`runs/${ref.id}/events`, {
      query: { folder: ref.folder, since, wait },
      signal
    });
  }

  log(ref: IRunRef, step: string, signal?: AbortSignal): Promise<Log> {
    return this._get(`runs/${ref.id}/log`, { query: { folder: ref.folder, step }, signal });
  }

  outputs(ref: IRunRef, step: string, signal?: AbortSignal): Promise<Outputs> {
    return this._get(`runs/${ref.id}/outputs`, { query: { folder: ref.folder, step }, signal });
  }

  /** Runs of a folder beside one another; the first is the one that others are compared with. */
  comparison(folder: string, ids: readonly string[], signal?: AbortSignal): Promise<Comparison> {
    return this._get('comparisons', { query: { folder, runs: ids.join(',') }, signal });
  }

  /** The batches of a notebook, the newest first. */
  async batches(notebook: string): Promise<readonly BatchSummary[]> {
    return (await this._get<BatchList>('batches', { query: { notebook } })).batches;
  }

  /** A batch as a table. */
  batch(folder: string, batch: string): Promise<Batch> {
    return this._get('batch', { query: { folder, batch } });
  }

  /** Go on with what has not ended well in a batch. */
  resumeBatch(folder: string, batch: string): Promise<BatchSummary> {
    return this._post('batch/resume', { query: { folder, batch } });
  }

  /** The cells of a step, beside those of the run before. */
  code(ref: IRunRef, step: string, signal?: AbortSignal): Promise<StepCode> {
    return this._get(`runs/${ref.id}/code`, { query: { folder: ref.folder, step }, signal });
  }

  /** What a variable looks like that a step has made. */
  preview(ref: IRunRef, step: string, variable: string, signal?: AbortSignal): Promise<Preview> {
    const query = { folder: ref.folder, step, variable };
    return this._get(`runs/${ref.id}/preview`, { query, signal });
  }

  cancel(ref: IRunRef): Promise<RunSummary> {
    return this._post(`runs/${ref.id}/cancel`, { query: { folder: ref.folder } });
  }

  /** Go on where a run has ended, or from one of its steps. */
  resume(ref: IRunRef, step = ''): Promise<RunSummary> {
    return this._post(`runs/${ref.id}/resume`, { query: { folder: ref.folder }, body: { step } });
  }

  /** The address of an operation that a browser is to open by itself. */
  address(path: string, query: Record<string, string>): string {
    return address(this.settings, path, query);
  }

  private _get<T>(path: string, ask: IAsk = {}): Promise<T> {
    return request<T>(this.settings, 'GET', path, ask);
  }

  private _post<T>(path: string, ask: IAsk = {}): Promise<T> {
    return request<T>(this.settings, 'POST', path, ask);
  }
}
