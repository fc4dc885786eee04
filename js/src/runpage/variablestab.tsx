// The variables that a step has made and read: a table, and a look into each of them.

import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { Fragment, useMemo, useState, type JSX } from 'react';

import { bytes } from '../model/format';
import { arranged, rowsOf, type Column, type IVariableRow } from '../model/variables';
import { Heading, type Order } from '../parts/heading';
import { Notice } from '../parts/notice';
import { Rendered } from '../parts/rendered';
import { useLoaded } from '../parts/useLoaded';
import { LoadedTab } from './loadedtab';
import type { IStepProps } from './steppane';

/** So many rows are shown at once. */
const MOST = 300;

export function VariablesTab(props: IStepProps): JSX.Element {
  const { context, run, step, pipeline } = props;
  const { trans } = context;
  const [all, setAll] = useState(false);
  const [text, setText] = useState('');
  const [most, setMost] = useState(MOST);
  const [order, setOrder] = useState<Order<Column>>([null, false]);
  const rows = useMemo(
    () => rowsOf(run.steps, all ? null : step.name, pipeline?.edges ?? []),
    [run.steps, all, step.name, pipeline]
  );
  const found = arranged(rows, text, ...order);
  const more = found.length - most;
  return (
    <div className="jp-nbflow-Variables">
      <div className="jp-nbflow-Log-bar" role="toolbar" aria-label={trans.__('Variables')}>
        <input
          className="jp-mod-styled jp-nbflow-Filter"
          type="text"
          spellCheck={false}
          placeholder={trans.__('Filter')}
          aria-label={trans.__('Filter the variables')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <label className="jp-nbflow-Toggle">
          <input type="checkbox" checked={all} onChange={event => setAll(event.target.checked)} />
          {trans.__('Of all steps')}
        </label>
      </div>
      {rows.length === 0 ? (
        <Notice kind="empty" trans={trans}>
          {nothing(props)}
        </Notice>
      ) : found.length === 0 ? (
        <Notice kind="empty" trans={trans}>
          {trans.__('No variable has this in its name, type or step.')}
        </Notice>
      ) : (
        <table className="jp-nbflow-Table">
          <thead>
            <tr>
              {columns(trans).map(([name, label]) =>
                name === null ? (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ) : (
                  <Heading key={label} label={label} column={name} order={order} sort={setOrder} />
                )
              )}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, most).map(row => (
              <Row key={`${row.step} ${row.name}`} row={row} {...props} />
            ))}
          </tbody>
        </table>
      )}
      {more > 0 && (
        <button className="jp-nbflow-link jp-nbflow-more" onClick={() => setMost(most + MOST)}>
          {trans._n('Show %1 more', 'Show %1 more', Math.min(more, MOST))}
        </button>
      )}
    </div>
  );
}

function columns(trans: TranslationBundle): [Column | null, string][] {
  return [
    ['name', trans.__('Name')],
    ['type', trans.__('Type')],
    ['shape', trans.__('Shape')],
    ['bytes', trans.__('Size')],
    [null, trans.__('Value')],
    ['step', trans.__('Step')],
    [null, trans.__('Version')]
  ];
}

function nothing({ context, run, step }: IStepProps): string {
  const { trans } = context;
  if (run.profile) {
    return trans.__('What steps make on %1 stays there: its page shows it.', run.profile);
  }
  return step.state === 'waiting' || step.state === 'running'
    ? trans.__('Variables are here when the step has ended.')
    : trans.__('The step has made no variables.');
}

function Row(props: IStepProps & { row: IVariableRow }): JSX.Element {
  const { row, context } = props;
  const { trans } = context;
  const [open, setOpen] = useState(false);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <Fragment>
      <tr>
        <td>
          <button
            className="jp-nbflow-Variables-name"
            aria-expanded={open}
            title={row.name}
            onClick={() => setOpen(!open)}
          >
            <Caret.react tag="span" className="jp-nbflow-icon" />
            {row.name}
          </button>
        </td>
        <td title={row.type}>{row.type}</td>
        <td>{row.shape}</td>
        <td className="jp-nbflow-time">{row.version ? bytes(row.bytes) : ''}</td>
        <td title={row.preview}>{row.preview}</td>
        <td title={row.step}>{row.read ? trans.__('%1 (read)', row.step) : row.step}</td>
        <td className="jp-nbflow-Variables-version" title={row.version}>
          {row.version.slice(0, 8)}
        </td>
      </tr>
      {open && (
        <tr className="jp-nbflow-Variables-look">
          <td colSpan={7}>
            <Look {...props} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Look(props: IStepProps & { row: IVariableRow }): JSX.Element {
  const { page, context, row } = props;
  const { client, ref } = page.run;
  const loaded = useLoaded(`${ref.id} ${row.step} ${row.name} ${row.version}`, signal =>
    client.preview(ref, row.step, row.name, signal)
  );
  return (
    <LoadedTab loaded={loaded} context={context}>
      {({ data, note }) => (
        <>
          {Object.keys(data).length > 0 && <Rendered data={data} context={context} />}
          {note && <p className="jp-nbflow-Notice">{note}</p>}
          {Object.keys(data).length === 0 && !note && (
            <p className="jp-nbflow-Notice">{context.trans.__('There is nothing to see of it.')}</p>
          )}
        </>
      )}
    </LoadedTab>
  );
}
