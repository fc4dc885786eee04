// Code, in the colours of JupyterLab's editors.

import { useEffect, useRef, type JSX } from 'react';

import type { IContext } from './context';

/** So many characters are coloured; more would be slow. */
const MOST = 100_000;

export function Code(props: { text: string; context: IContext }): JSX.Element {
  const { text, context } = props;
  const host = useRef<HTMLElement>(null);
  useEffect(() => {
    const node = host.current!;
    const { languages } = context;
    const language = languages?.findByMIME('text/x-ipython') ?? languages?.findByName('python');
    node.textContent = text;
    if (languages && language && text.length <= MOST) {
      const made = document.createElement('code');
      void languages.highlight(text, language, made).then(() => {
        if (node.textContent === text) {
          node.replaceChildren(...made.childNodes);
        }
      });
    }
  }, [text, context]);
  return (
    <pre className="jp-nbflow-Code" tabIndex={0}>
      <code ref={host} />
    </pre>
  );
}
