// Buttons that are an icon.

import type { LabIcon } from '@jupyterlab/ui-components';
import type { JSX, MouseEvent } from 'react';

export interface IToolButton {
  readonly icon: LabIcon;
  readonly label: string;
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly menu?: boolean;
}

export function ToolButton(props: IToolButton): JSX.Element {
  const { icon: Icon, label, onClick, disabled, pressed, menu } = props;
  return (
    <button
      className="jp-nbflow-iconButton"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      aria-haspopup={menu ? 'menu' : undefined}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon.react tag="span" elementSize="normal" />
    </button>
  );
}
