// What is being done, and what came of what was done last.

import { closeIcon } from '@jupyterlab/ui-components';
import { PathExt } from '@jupyterlab/coreutils';
import { useState, type JSX, type ReactNode } from 'react';

import { listedFiles } from '../model/conversion';
import { bytes } from '../model/format';
import type { Notice as Told } from '../model/notebook';
import { Prose } from '../parts/prose';
import type { Conversion } from '../schema';
import { CommandIDs } from '../tokens';
import { ToolButton } from './buttons';
import { FindingList } from './findings';
import type { IPart, IView } from './view';
import { failedTo, sentence, targetName, workSentence } from './words';

/** So many files are shown at first. */
const FIRST = 6;

export function Notice({ view }: IPart): JSX.Element {
  const { model, trans } = view;
  return (
    <>
      <div role="status" className="jp-nbflow-work">
        {model.work === null ? '' : workSentence(model.work, trans)}
      </div>
      {model.work === null && model.notice !== null && <Last view={view} notice={model.notice} />}
    </>
  );
}

function Last({ view, notice }: { view: IView; notice: Told }): JSX.Element {
  const { commands, trans } = view;
  switch (notice.kind) {
    case 'started':
      return (
        <Box view={view} saved={notice.saved}>
          {trans.__('Run %1 was started.', notice.run.id)}{' '}
          {commands.hasCommand(CommandIDs.openRun) && (
            <button
              className="jp-nbflow-link"
              onClick={() => void commands.execute(CommandIDs.openRun, { ...notice.run })}
            >
              {trans.__('Show')}
            </button>
          )}
        </Box>
      );
    case 'compiled':
      return (
        <Box view={view} saved={notice.saved}>
          <Made view={view} made={notice.made} target={targetName(notice.target, trans)} />
        </Box>
      );
    case 'unsaved':
      return (
        <Box view={view} alert>
          {trans.__('The notebook was not saved, so nothing was done.')}
        </Box>
      );
    case 'failed':
      return (
        <Box view={view} alert>
          {failedTo(notice.work, trans)} <Prose text={sentence(notice.error.message)} />
          {notice.error.findings.length > 0 && (
            <FindingList view={view} findings={notice.error.findings} />
          )}
        </Box>
      );
  }
}

function Box(props: {
  view: IView;
  alert?: boolean;
  saved?: boolean;
  children: ReactNode;
}): JSX.Element {
  const { model, trans } = props.view;
  return (
    <div
      className={`jp-nbflow-notice${props.alert ? ' jp-mod-error' : ''}`}
      role={props.alert ? 'alert' : 'status'}
    >
      <div>
        {props.saved && <>{trans.__('Your changes were saved first.')} </>}
        {props.children}
      </div>
      <ToolButton icon={closeIcon} label={trans.__('Dismiss')} onClick={() => model.dismiss()} />
    </div>
  );
}

/** The files of a conversion, each of which opens. */
function Made(props: { view: IView; made: Conversion; target: string }): JSX.Element {
  const { view, made, target } = props;
  const { commands, trans } = view;
  const [all, setAll] = useState(false);
  const files = listedFiles(made);
  const more = files.length - FIRST;
  return (
    <>
      {trans._n(
        '%1 step for %2, %3 in %4:',
        '%1 steps for %2, %3 in %4:',
        made.steps,
        target,
        bytes(made.bytes),
        PathExt.basename(made.folder)
      )}
      <ul className="jp-nbflow-files">
        {files.slice(0, all ? undefined : FIRST).map(([path, name]) => (
          <li key={path}>
            <button
              className="jp-nbflow-link"
              title={path}
              onClick={() => void commands.execute('docmanager:open', { path })}
            >
              {name}
            </button>
          </li>
        ))}
        {!all && more > 0 && (
          <li>
            <button className="jp-nbflow-link" onClick={() => setAll(true)}>
              {trans._n('%1 more file', '%1 more files', more)}
            </button>
          </li>
        )}
      </ul>
      {made.missing && (
        <p>
          <Prose text={made.missing} />
        </p>
      )}
      {made.findings.length > 0 && <FindingList view={view} findings={made.findings} />}
    </>
  );
}
