// Sentences of the server, in which names of code stand between backticks.

import type { JSX } from 'react';

export function Prose({ text }: { text: string }): JSX.Element {
  const parts = text.split('`');
  // A backtick without its counterpart is one.
  const paired = parts.length % 2 === 1;
  return (
    <>{paired ? parts.map((each, at) => (at % 2 ? <code key={at}>{each}</code> : each)) : text}</>
  );
}
