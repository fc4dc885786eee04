// A line of a terminal.

import type { JSX } from 'react';

import { marked, type IMatch } from '../model/search';
import type { ILine } from '../model/terminal';

interface ILineProps {
  readonly line: ILine;
  /** Its number, where lines have numbers. */
  readonly number?: number;
  readonly found?: readonly IMatch[];
  readonly current?: IMatch | null;
}

export function Line({ line, number, found = [], current }: ILineProps): JSX.Element {
  return (
    <span className="jp-nbflow-Line" data-stream={line.stream} data-line={number}>
      {number !== undefined && (
        <span className="jp-nbflow-Line-number" aria-hidden="true" data-number={number} />
      )}
      <span className="jp-nbflow-Line-text">
        {marked(line.parts, found).map(({ text, ink, match }, index) => {
          const { classes, color, background } = ink;
          const props = { className: classes || undefined, style: { color, background } };
          return match ? (
            <mark key={index} className={match === current ? 'jp-mod-current' : undefined}>
              <span {...props}>{text}</span>
            </mark>
          ) : (
            <span key={index} {...props}>
              {text}
            </span>
          );
        })}
        {'\n'}
      </span>
    </span>
  );
}
