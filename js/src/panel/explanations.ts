// What findings mean, each on a page of the main area.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Client } from '../client';
import { nbflowIcon } from '../lab/icons';
import { RequestError } from '../request';
import { CommandIDs, INbflow } from '../tokens';

export const explanations: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:explanations',
  description: 'Shows what findings mean.',
  autoStart: true,
  requires: [INbflow, IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    { client }: INbflow,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    const pages = new WidgetTracker<MainAreaWidget>({ namespace: 'nbflow-explanations' });
    app.commands.addCommand(CommandIDs.explain, {
      label: args => trans.__('What %1 Means', args.code),
      execute: args => {
        const code = args.code as string;
        const id = `nbflow-explanation-${code}`;
        const known = pages.find(each => each.id === id);
        const page = known ?? pageOf(client, rendermime, code, id);
        if (known === undefined) {
          void pages.add(page);
          app.shell.add(page, 'main', { mode: 'tab-after', type: 'nbflow-explanation' });
        }
        app.shell.activateById(id);
      },
      describedBy: {
        args: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] }
      }
    });
  }
};

function pageOf(
  client: Client,
  rendermime: IRenderMimeRegistry,
  code: string,
  id: string
): MainAreaWidget {
  const content = rendermime.createRenderer('text/markdown');
  content.addClass('jp-nbflow-Explanation');
  const shown = textOf(client, code).then(text =>
    content.renderModel(new MimeModel({ data: { 'text/markdown': text } }))
  );
  const page = new MainAreaWidget({ content, reveal: shown });
  page.id = id;
  page.title.label = code;
  page.title.icon = nbflowIcon;
  page.title.closable = true;
  return page;
}

/** The text of the page, or why there is none. */
async function textOf(client: Client, code: string): Promise<string> {
  try {
    return (await client.explanation(code)).text;
  } catch (error) {
    if (error instanceof RequestError) {
      return error.message;
    }
    throw error;
  }
}
