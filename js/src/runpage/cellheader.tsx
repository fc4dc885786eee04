// Which cell something is of, with the way to it.

import type { JSX, ReactNode } from 'react';

import type { IPageProps } from './body';

interface ICellHeaderProps extends IPageProps {
  readonly id: string;
  readonly number?: number;
  readonly children?: ReactNode;
}

export function CellHeader(props: ICellHeaderProps): JSX.Element {
  const { page, context, id, number } = props;
  const { trans } = context;
  return (
    <div className="jp-nbflow-CellHeader">
      <button
        className="jp-nbflow-link"
        title={trans.__('Go to the cell')}
        onClick={() => context.goTo(page.run, id)}
      >
        {number === undefined ? trans.__('Cell') : trans.__('Cell %1', number)}
      </button>
      {props.children}
    </div>
  );
}
