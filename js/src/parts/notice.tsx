// What stands where there is nothing to show: it is empty, is read, or cannot be read.

import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import type { JSX, ReactNode } from 'react';

interface INoticeProps {
  readonly kind: 'empty' | 'loading' | 'warning' | 'error';
  readonly children: ReactNode;
  readonly trans: TranslationBundle;
  /** Try once more. */
  readonly again?: () => void;
}

export function Notice({ kind, children, again, trans }: INoticeProps): JSX.Element {
  return (
    <div className={`jp-nbflow-Notice jp-mod-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <p>{children}</p>
      {again && (
        <Button className="jp-mod-styled" onClick={again}>
          {trans.__('Try again')}
        </Button>
      )}
    </div>
  );
}
