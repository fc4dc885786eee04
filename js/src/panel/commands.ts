// What the user can do with the notebook in front, in the palette, in menus and by keys.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IRunRef } from '../client';
import { nbflowIcon } from '../lab/icons';
import { goTo, type IPlace } from '../lab/place';
import { mainFiles } from '../model/conversion';
import type { NotebookModel, Target } from '../model/notebook';
import { CommandIDs, INbflow } from '../tokens';
import { engineLabel, targetName } from './words';

const TARGETS: readonly Target[] = ['kfp', 'argo', 'python'];

type Args = ReadonlyPartialJSONObject;

export const commands: JupyterFrontEndPlugin<void> = {
  id: 'nbflow:commands',
  description: 'The commands that run and compile notebooks as pipelines.',
  autoStart: true,
  requires: [INbflow, INotebookTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    nbflow: INbflow,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbflow');
    addCommands(app.commands, nbflow, trans);
    app.commands.addCommand(CommandIDs.goTo, {
      label: trans.__('Go to the Cell of a Step'),
      isVisible: () => false,
      execute: async args => {
        const found = await goTo(app, tracker, nbflow, args as unknown as IPlace);
        if (!found) {
          Notification.info(trans.__('The cell is no longer in the notebook.'), {
            autoClose: 5000
          });
        }
        return found;
      },
      describedBy: described({ path: 'string', cell: 'string', line: 'number' }, ['path', 'cell'])
    });
    const category = trans.__('Pipeline');
    for (const command of [CommandIDs.panel, CommandIDs.run, CommandIDs.stop, CommandIDs.propose]) {
      palette?.addItem({ command, category });
    }
    for (const target of TARGETS) {
      palette?.addItem({ command: CommandIDs.compile, category, args: { target } });
    }
    const told = () => app.commands.notifyCommandChanged();
    nbflow.notebooks.currentChanged.connect(told);
    nbflow.runs.changed.connect(told);
  }
};

/** The commands that work on a notebook: the one of `path`, else the one in front. */
function addCommands(commands: CommandRegistry, nbflow: INbflow, trans: TranslationBundle): void {
  const { notebooks, runs } = nbflow;
  const modelOf = (args: Args): NotebookModel | null =>
    typeof args.path === 'string' ? notebooks.at(args.path) : notebooks.current;
  const onNotebook = (
    work: (model: NotebookModel, args: Args) => Promise<unknown> | void
  ): Pick<CommandRegistry.ICommandOptions, 'execute' | 'isEnabled'> => ({
    isEnabled: args => modelOf(args) !== null,
    execute: async args => {
      const model = modelOf(args);
      await (model && work(model, args));
    }
  });
  const shown = () => commands.execute(CommandIDs.panel, { focus: false });

  commands.addCommand(CommandIDs.run, {
    ...onNotebook(async model => {
      await shown();
      if (model.stale) {
        await model.refresh();
      }
      await (model.obstacle === null ? model.start() : undefined);
    }),
    label: trans.__('Run as Pipeline'),
    caption: trans.__('Save the notebook, and run it as a pipeline'),
    icon: runIcon,
    describedBy: described({ path: 'string' })
  });
  commands.addCommand(CommandIDs.stop, {
    ...onNotebook((model, args) =>
      model.stop(args.id ? runs.open(args as unknown as IRunRef) : undefined)
    ),
    isEnabled: args => (args.id ? modelOf(args) !== null : (modelOf(args)?.run?.goesOn ?? false)),
    label: trans.__('Stop Pipeline Run'),
    caption: trans.__('Stop the run that is shown in the notebook'),
    icon: stopIcon,
    describedBy: described({ path: 'string', id: 'string', folder: 'string' })
  });
  commands.addCommand(CommandIDs.compile, {
    ...onNotebook(async (model, args) => {
      await shown();
      const target = TARGETS.find(each => each === args.target) ?? 'kfp';
      const made = await model.convert(target);
      for (const path of made ? mainFiles(made) : []) {
        await commands.execute('docmanager:open', { path });
      }
    }),
    label: args =>
      args.menu
        ? targetName(args.target as Target, trans)
        : trans.__('Compile for %1', targetName(args.target as Target, trans)),
    describedBy: described({ path: 'string', target: 'string' }, ['target'])
  });
  commands.addCommand(CommandIDs.resume, {
    ...onNotebook((model, args) => model.resume(args as unknown as IRunRef)),
    label: trans.__('Resume'),
    icon: refreshIcon,
    describedBy: described({ path: 'string', id: 'string', folder: 'string' }, ['id', 'folder'])
  });
  commands.addCommand(CommandIDs.fill, {
    ...onNotebook(async (model, args) => {
      model.parameters.fill((args.parameters ?? {}) as Record<string, unknown>);
      await shown();
    }),
    label: trans.__('Run Again with These Parameters…'),
    describedBy: described({ path: 'string', parameters: 'object' }, ['parameters'])
  });
  commands.addCommand(CommandIDs.showAtCells, {
    ...onNotebook((model, args) => {
      model.show(args.id ? runs.open(args as unknown as IRunRef) : null);
    }),
    label: trans.__('Show at the Cells'),
    describedBy: described({ path: 'string', id: 'string', folder: 'string' })
  });
  commands.addCommand(CommandIDs.engine, {
    ...onNotebook((model, args) => {
      model.engine = args.engine as string;
    }),
    isToggled: args => modelOf(args)?.engine === args.engine,
    label: args => {
      const engine = runs.engines.named(args.engine as string);
      return engine === null ? (args.engine as string) : engineLabel(engine, trans);
    },
    describedBy: described({ path: 'string', engine: 'string' }, ['engine'])
  });
  commands.addCommand(CommandIDs.propose, {
    ...onNotebook(async model => {
      await shown();
      await model.propose();
    }),
    isEnabled: args => modelOf(args)?.analysis?.tagged === false,
    label: trans.__('Propose Steps'),
    caption: trans.__('Propose steps for a notebook that has none'),
    icon: nbflowIcon,
    describedBy: described({ path: 'string' })
  });
}

/** The schema of a command's arguments. */
function described(
  types: Record<string, string>,
  required: string[] = []
): CommandRegistry.ICommandOptions['describedBy'] {
  const properties = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, { type }])
  );
  return { args: { type: 'object', properties, required } };
}
