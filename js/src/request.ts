// One request to the server: its answer, or why there is none.

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { serverClock } from './clock';
import type { Finding, Problem } from './schema';

/** Where the paths of operations begin, below the server's base URL. */
const PREFIX = 'nbflow/api';

type Verb = 'GET' | 'POST';
type Query = Record<string, string | number | undefined>;

export interface IAsk {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/**
 * Why a request was not served: a sentence for the user. `status` is 0 where the server did not answer;
 * `findings` are those that stand in the way.
 */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly findings: readonly Finding[] = []
  ) {
    super(message);
    this.name = 'RequestError';
  }

  /** Whether to ask again is worth it: the server was not reached, or is busy or broken. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The address of an operation. */
export function address(
  settings: ServerConnection.ISettings,
  path: string,
  query: Query = {}
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return URLExt.join(settings.baseUrl, PREFIX, path) + (text && `?${text}`);
}

/**
 * The answer to a request.
 *
 * Throws a `RequestError` where there is none; an aborted request throws the signal's own error.
 */
export async function request<T>(
  settings: ServerConnection.ISettings,
  verb: Verb,
  path: string,
  { query, body, signal }: IAsk = {}
): Promise<T> {
  const init: RequestInit = { method: verb, signal };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
  }
  const asked = Date.now();
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(address(settings, path, query), init, settings);
  } catch {
    signal?.throwIfAborted();
    throw new RequestError('The server does not answer.', 0);
  }
  serverClock.hear(response.headers.get('Date'), asked, Date.now());
  const text = await response.text();
  if (response.ok) {
    try {
      return JSON.parse(text) as T;
    } catch {
      // A page to sign in, for example, of what stands between the browser and the server.
      throw new RequestError(
        'The server answered with something else: you may have to sign in anew.',
        0
      );
    }
  }
  throw problem(response, text);
}

function problem(response: Response, text: string): RequestError {
  let told: Partial<Problem> = {};
  try {
    told = JSON.parse(text) as Partial<Problem>;
  } catch {
    // What stands between the browser and the server may answer with a page of its own.
  }
  const message = told.message || `The server answered ${response.status} ${response.statusText}.`;
  return new RequestError(message, response.status, told.findings ?? []);
}
