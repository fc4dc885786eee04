// Buttons that are an icon.

import type { LabIcon } from '@jupyterlab/ui-components';
import type { JSX, MouseEvent } from 'react';

interface IToolButton {
  readonly icon: LabIcon;
  readonly label: string;
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly menu?: boolean;
  readonly expanded?: boolean;
  /** What it is in each row of a list: arrows lead to the same one of the next. */
  readonly part?: string;
}

export function ToolButton(props: IToolButton): JSX.Element {
  const { icon: Icon, label, onClick, disabled, pressed, menu, expanded, part } = props;
  return (
    <button
      className="jp-nbflow-iconButton"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-haspopup={menu ? 'menu' : undefined}
      data-part={part}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon.react tag="span" elementSize="normal" />
    </button>
  );
}
