// One batch of the list of runs: a line for all its members, which unfolds.

import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { Children, useState, type JSX, type ReactNode } from 'react';

import { serverClock } from '../clock';
import { countsOf, membersOf } from '../model/batches';
import { ago, moment } from '../model/format';
import type { State } from '../model/run';
import { StateMark } from '../parts/mark';
import type { BatchSummary } from '../schema';
import { CommandIDs } from '../tokens';
import { ToolButton } from './buttons';
import type { IView } from './view';

export function BatchRow(props: {
  view: IView;
  batch: BatchSummary;
  children: ReactNode;
}): JSX.Element {
  const { batch, children } = props;
  const { commands, trans } = props.view;
  const { name, folder, members } = batch;
  const [open, setOpen] = useState(false);
  const show = () => void commands.execute(CommandIDs.openBatch, { name, folder });
  return (
    <>
      <li className="jp-nbflow-run jp-mod-batch" data-batch={name} data-state={batch.state}>
        <ToolButton
          icon={open ? caretDownIcon : caretRightIcon}
          label={trans.__('Runs of batch %1', name)}
          expanded={open}
          part="tick"
          onClick={() => setOpen(!open)}
        />
        <button
          className="jp-nbflow-runMain"
          data-part="run"
          title={trans.__('Batch %1, made %2', name, moment(batch.made))}
          onClick={show}
        >
          <span className="jp-nbflow-runLine">
            <StateMark state={batch.state as State} trans={trans} />
            <b className="jp-nbflow-cut">{name}</b>
            <span className="jp-nbflow-runTime">{membersOf(batch, trans)}</span>
          </span>
          <span className="jp-nbflow-runLine jp-nbflow-hint">
            <span className="jp-nbflow-cut">{countsOf(batch, trans)}</span>
            <span className="jp-nbflow-runTime">
              {ago(batch.started, serverClock.now(), trans)}
            </span>
          </span>
        </button>
      </li>
      {open && (
        <li>
          <ul className="jp-nbflow-runs">
            {children}
            {members > Children.count(children) && (
              <li>
                <button className="jp-nbflow-link jp-nbflow-more" onClick={show}>
                  {trans._n('All of %1 member', 'All of %1 members', members)}
                </button>
              </li>
            )}
          </ul>
        </li>
      )}
    </>
  );
}
