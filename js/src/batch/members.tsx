// The members of a batch as a table.

import { useState, type JSX } from 'react';

import { columnsOf, type IColumn } from '../model/batches';
import { written } from '../model/differences';
import type { State } from '../model/run';
import { sorted } from '../model/sorted';
import { Heading, type Order } from '../parts/heading';
import { StateMark } from '../parts/mark';
import { CompareRuns, useTicks } from '../parts/ticked';
import { Elapsed } from '../parts/times';
import type { Row } from '../schema';
import { CommandIDs } from '../tokens';
import type { IBatch } from './body';

/** So many members are shown at first. */
const FIRST = 100;

export function Members(props: IBatch): JSX.Element {
  const { found, commands, trans } = props;
  const [order, setOrder] = useState<Order<string>>([null, false]);
  const [count, setCount] = useState(FIRST);
  const [ticked, tick] = useTicks();
  const columns = columnsOf(found, trans);
  const by = columns.find(each => each.key === order[0]);
  const rows = by ? sorted(found.rows, by.of, order[1]) : found.rows;
  const runs = rows.filter(each => each.run && ticked.has(`${each.member}`)).map(each => each.run);
  const more = rows.length - count;
  return (
    <>
      <CompareRuns folder={found.folder} runs={runs} commands={commands} trans={trans} />
      <div className="jp-nbflow-Batch" tabIndex={0} role="region" aria-label={trans.__('Members')}>
        <table className="jp-nbflow-Table">
          <thead>
            <tr>
              <td />
              {columns.map(({ key, label }) => (
                <Heading key={key} label={label} column={key} order={order} sort={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, count).map(row => (
              <tr key={row.member} data-member={row.member} data-state={row.state}>
                <td>
                  {row.run && (
                    <input
                      type="checkbox"
                      checked={ticked.has(`${row.member}`)}
                      onChange={() => tick(`${row.member}`)}
                      aria-label={trans.__('Compare member %1', row.member)}
                    />
                  )}
                </td>
                {columns.map(column => (
                  <Cell key={column.key} {...props} row={row} column={column} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && (
        <button className="jp-nbflow-link" onClick={() => setCount(count + 500)}>
          {trans._n('%1 more member', '%1 more members', more)}
        </button>
      )}
      {found.cut > 0 && (
        <p className="jp-nbflow-Compare-quiet">
          {trans._n(
            '%1 more member is not shown here.',
            '%1 more members are not shown here.',
            found.cut
          )}
        </p>
      )}
    </>
  );
}

function Cell(props: IBatch & { row: Row; column: IColumn }): JSX.Element {
  const { commands, trans, found, row, column } = props;
  const value = column.of(row);
  switch (column.key) {
    case 'member':
      return (
        <td>
          {row.run ? (
            <button
              className="jp-nbflow-link"
              title={trans.__('Run %1', row.run)}
              onClick={() =>
                void commands.execute(CommandIDs.openRun, { id: row.run, folder: found.folder })
              }
            >
              {trans.__('Member %1', row.member)}
            </button>
          ) : (
            trans.__('Member %1', row.member)
          )}
        </td>
      );
    case 'state':
      return (
        <td title={row.error}>
          <StateMark state={row.state as State} trans={trans} word />
        </td>
      );
    case 'seconds':
      return (
        <td className="jp-mod-number">
          <Elapsed {...row} running={row.state === 'running'} />
        </td>
      );
    default: {
      if (value === undefined && column.absent) {
        return <td className="jp-nbflow-Compare-missing">{column.absent}</td>;
      }
      const text = value === undefined ? '' : written(value);
      return (
        <td className={typeof value === 'number' ? 'jp-mod-number' : undefined} title={text}>
          {text}
        </td>
      );
    }
  }
}
