// The heading of a column by which a table is sorted.

import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

/** The column that a table is sorted by, if any, and whether the largest is first. */
export type Order<Column> = readonly [column: Column | null, down: boolean];

export function Heading<Column>(props: {
  label: string;
  column: Column;
  order: Order<Column>;
  sort: (order: Order<Column>) => void;
}): JSX.Element {
  const { label, column, order, sort } = props;
  const [sorted, down] = [order[0] === column, order[1]];
  const Icon = down ? caretDownIcon : caretUpIcon;
  return (
    <th scope="col" aria-sort={sorted ? (down ? 'descending' : 'ascending') : 'none'}>
      <button onClick={() => sort([column, sorted && !down])}>
        {label}
        {sorted && <Icon.react tag="span" className="jp-nbflow-icon" />}
      </button>
    </th>
  );
}
