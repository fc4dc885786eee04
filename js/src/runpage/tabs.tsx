// Tabs as WAI-ARIA asks for them: one stop of the Tab key, arrows between them.

import { useId, useRef, type JSX, type KeyboardEvent, type ReactNode } from 'react';

interface ITabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly label: string; readonly count?: number }[];
  readonly shown: T;
  readonly show: (tab: T) => void;
  readonly children: ReactNode;
}

export function Tabs<T extends string>(props: ITabsProps<T>): JSX.Element {
  const { tabs, shown, show } = props;
  const id = useId();
  const bar = useRef<HTMLDivElement>(null);
  const key = (event: KeyboardEvent) => {
    const at = tabs.findIndex(each => each.id === shown);
    const last = tabs.length - 1;
    const to = {
      ArrowLeft: at === 0 ? last : at - 1,
      ArrowRight: at === last ? 0 : at + 1,
      Home: 0,
      End: last
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      show(tabs[to].id);
      bar.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
    }
  };
  return (
    <div className="jp-nbflow-Tabs">
      <div
        className="jp-nbflow-Tabs-bar"
        role="tablist"
        aria-label={props.label}
        ref={bar}
        onKeyDown={key}
      >
        {tabs.map(each => (
          <button
            key={each.id}
            id={`${id}-${each.id}`}
            role="tab"
            aria-selected={each.id === shown}
            aria-controls={`${id}-panel`}
            tabIndex={each.id === shown ? 0 : -1}
            onClick={() => show(each.id)}
          >
            {each.label}
            {each.count ? <span className="jp-nbflow-count">{each.count}</span> : null}
          </button>
        ))}
      </div>
      <div
        className="jp-nbflow-Tabs-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${shown}`}
      >
        {props.children}
      </div>
    </div>
  );
}
