// A part of the panel that can be folded away.

import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { useId, useState, type JSX, type ReactNode } from 'react';

/** Which sections are folded, as long as JupyterLab is open: for all notebooks alike. */
const folded = new Set<string>();

interface ISection {
  /** Names the section where it is remembered. */
  readonly name: string;
  readonly title: string;
  /** How many things it shows. */
  readonly count?: number;
  /** What stands at the right of the title. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ name, title, count, tools, children }: ISection): JSX.Element {
  const [open, setOpen] = useState(!folded.has(name));
  const id = useId();
  const toggle = () => {
    folded[open ? 'add' : 'delete'](name);
    setOpen(!open);
  };
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section className="jp-nbflow-section" data-section={name} aria-labelledby={id}>
      <div className="jp-nbflow-sectionHead">
        <h3>
          <button id={id} aria-expanded={open} onClick={toggle}>
            <Caret.react tag="span" elementSize="normal" />
            {title}
            {count !== undefined && <span className="jp-nbflow-count">{count}</span>}
          </button>
        </h3>
        {open && tools}
      </div>
      {open && children}
    </section>
  );
}
