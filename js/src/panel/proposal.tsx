// Proposed steps, to be changed and accepted.

import { caretDownIcon, caretUpIcon, collapseIcon, addBelowIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import type { IProposedCell, IProposedGroup, ProposalModel } from '../model/proposal';
import { useSignal } from '../parts/useSignal';
import { CommandIDs } from '../tokens';
import { ToolButton } from './buttons';
import { Section } from './section';
import type { IPart, IView } from './view';

export function Proposed({ view }: IPart): JSX.Element | null {
  const { proposal } = view.model;
  return proposal && <Form view={view} proposal={proposal} />;
}

function Form({ view, proposal }: { view: IView; proposal: ProposalModel }): JSX.Element {
  const { model, trans } = view;
  useSignal(proposal.changed);
  const { groups, shared, complete } = proposal;
  return (
    <Section name="proposal" title={trans.__('Proposed steps')}>
      <div className="jp-nbflow-proposal">
        <p>
          {groups.length === 0
            ? trans.__('There is no code to make steps of.')
            : trans.__(
                'Rename steps and move cells as you like. Nothing changes until you accept.'
              )}
        </p>
        <ol>
          {groups.map(each => (
            <Group key={each.key} view={view} proposal={proposal} group={each} />
          ))}
        </ol>
        {shared.size > 0 && (
          <p className="jp-nbflow-hint">
            {trans.__('Steps of the same name run as one: %1.', [...shared].join(', '))}
          </p>
        )}
        {!complete && (
          <p className="jp-nbflow-wrong" role="alert">
            {trans.__('Every step needs a name.')}
          </p>
        )}
        <div className="jp-nbflow-actions">
          <button
            className="jp-nbflow-button jp-mod-accept"
            aria-disabled={!complete || groups.length === 0}
            onClick={event => {
              if (complete && groups.length > 0) {
                leave(event.currentTarget);
                model.accept();
              }
            }}
          >
            {trans.__('Accept')}
          </button>
          <button
            className="jp-nbflow-button"
            onClick={event => {
              leave(event.currentTarget);
              model.cancel();
            }}
          >
            {trans.__('Cancel')}
          </button>
        </div>
      </div>
    </Section>
  );
}

/** What had the focus is about to go: it goes to the first button of the panel. */
function leave(here: HTMLElement): void {
  here.closest('.jp-nbflow-Sidebar')?.querySelector('button')?.focus();
}

interface IGroup {
  readonly view: IView;
  readonly proposal: ProposalModel;
  readonly group: IProposedGroup;
}

function Group({ view, proposal, group }: IGroup): JSX.Element {
  const { trans } = view;
  const { key, name, cells } = group;
  return (
    <li className="jp-nbflow-group" data-step={name ?? 'imports'}>
      <div className="jp-nbflow-groupHead">
        {name === null ? (
          <span title={trans.__('They run at the start of every step.')}>
            {trans.__('Imports')}
          </span>
        ) : (
          <input
            className="jp-nbflow-field"
            type="text"
            aria-label={trans.__('Name of the step')}
            aria-invalid={name.trim() === ''}
            spellCheck={false}
            value={name}
            onChange={event => proposal.rename(key, event.target.value)}
          />
        )}
        {proposal.canMoveBack(key) && (
          <ToolButton
            icon={collapseIcon}
            label={trans.__('Join with the step before')}
            onClick={() => proposal.join(key)}
          />
        )}
      </div>
      <ul>
        {cells.map((cell, index) => (
          <Row
            key={cell.id}
            view={view}
            proposal={proposal}
            group={group}
            cell={cell}
            index={index}
          />
        ))}
      </ul>
    </li>
  );
}

function Row(props: IGroup & { cell: IProposedCell; index: number }): JSX.Element {
  const { view, proposal, group, cell, index } = props;
  const { model, commands, trans } = view;
  const first = index === 0 && proposal.canMoveBack(group.key);
  const last = index === group.cells.length - 1 && proposal.canMoveOn(group.key);
  return (
    <li className="jp-nbflow-groupCell">
      <button
        className="jp-nbflow-code jp-nbflow-cut"
        title={trans.__('Cell %1: %2', cell.number, cell.text)}
        onClick={() => void commands.execute(CommandIDs.goTo, { path: model.path, cell: cell.id })}
      >
        {cell.text || trans.__('cell %1', cell.number)}
      </button>
      {index > 0 && group.name !== null && (
        <ToolButton
          icon={addBelowIcon}
          label={trans.__('Begin a step with cell %1', cell.number)}
          onClick={() => proposal.split(group.key, cell.id)}
        />
      )}
      {first && (
        <ToolButton
          icon={caretUpIcon}
          label={trans.__('Move cell %1 to the step before', cell.number)}
          onClick={() => proposal.moveBack(group.key)}
        />
      )}
      {last && (
        <ToolButton
          icon={caretDownIcon}
          label={trans.__('Move cell %1 to the step after', cell.number)}
          onClick={() => proposal.moveOn(group.key)}
        />
      )}
    </li>
  );
}
