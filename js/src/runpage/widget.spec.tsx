import { nullTranslator } from '@jupyterlab/translation';
import { ServerConnection } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';
import { expect, it } from 'vitest';

import { Client } from '../client';
import { RunModel } from '../model/run';
import type { IContext } from './context';
import { PageModel } from './page';
import { RunPage } from './widget';

it('asks only while it is in sight', () => {
  const run = new RunModel(new Client(ServerConnection.makeSettings()), { id: '1', folder: '' });
  let watchers = 0;
  run.watch = () => {
    watchers += 1;
    return { isDisposed: false, dispose: () => void (watchers -= 1) };
  };
  const notebooks = { at: () => null };
  const context = {
    trans: nullTranslator.load('nbflow'),
    nbflow: { notebooks, client: run.client }
  } as unknown as IContext;
  const model = new PageModel(run);
  const page = new RunPage(model, context);
  const seen = () => [watchers, model.visible];

  expect(seen()).toEqual([0, false]);
  Widget.attach(page, document.body);
  expect(seen()).toEqual([1, true]);
  page.hide();
  expect(seen()).toEqual([0, false]);
  page.show();
  expect(seen()).toEqual([1, true]);
  page.dispose();
  expect(seen()).toEqual([0, false]);
});
