// @vitest-environment jsdom
import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Client } from '../client';
import { NotebooksModel } from '../model/notebooks';
import { RunsModel } from '../model/runs';
import type { INotebookSource } from '../model/source';
import type { Analysis } from '../schema';
import { Sidebar } from './sidebar';

const ANALYSIS: Partial<Analysis> = {
  kernel: '',
  tagged: true,
  steps: [],
  edges: [],
  waves: [],
  parameters: [],
  cells: [],
  findings: []
};
const ANSWERS: Record<string, unknown> = {
  analysis: ANALYSIS,
  engines: { engines: [] },
  runs: { runs: [], notes: [], more: false }
};

class Source implements INotebookSource {
  readonly ready = Promise.resolve();
  readonly path = 'a.ipynb';
  readonly changed: Signal<INotebookSource, void> = new Signal<INotebookSource, void>(this);
  readonly disposed: Signal<INotebookSource, void> = new Signal<INotebookSource, void>(this);
  readonly activeChanged: Signal<INotebookSource, void> = new Signal<INotebookSource, void>(this);
  readonly active = null;
  readonly dirty = false;
  read = () => ({ cells: [] });
  tags = () => null;
  text = () => '';
  apply = () => undefined;
  save = () => Promise.resolve();
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('asks for nothing while it is hidden', async () => {
  const asked: string[] = [];
  const fetch = (request: Request) => {
    const name = new URL(request.url).pathname.split('/').pop()!;
    asked.push(name);
    return Promise.resolve(new Response(JSON.stringify(ANSWERS[name])));
  };
  const settings = { baseUrl: 'http://localhost/', fetch, Request, Headers };
  const client = new Client(
    ServerConnection.makeSettings(settings as Partial<ServerConnection.ISettings>)
  );
  const notebooks = new NotebooksModel(client, new RunsModel(client));
  const source = new Source();
  const sidebar = new Sidebar(notebooks, new CommandRegistry(), nullTranslator.load('nbflow'));
  sidebar.hide();
  Widget.attach(sidebar, document.body);

  notebooks.bring(source);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual(['runs']); // once, when it is opened: a run may go on

  sidebar.show();
  await vi.advanceTimersByTimeAsync(60_000);
  const often = asked.length;
  expect(asked).toContain('analysis');
  expect(often).toBeGreaterThan(5);

  sidebar.hide();
  source.changed.emit();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked.length).toBe(often);
  sidebar.dispose();
});
