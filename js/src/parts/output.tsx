// An output of a cell.

import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { JSX } from 'react';

import type { CellOutputs } from '../schema';
import { Rendered, Text, type IShowing } from './rendered';

type Bundle = ReadonlyPartialJSONObject;

/** An output as nbformat has it. */
export function Output(props: {
  output: CellOutputs['outputs'][number];
  context: IShowing;
}): JSX.Element {
  const { output, context } = props;
  switch (output.output_type) {
    case 'stream':
      return <Text text={joined(output.text)} stream={joined(output.name)} context={context} />;
    case 'error':
      return <Text text={joined(output.traceback, '\n')} stream="error" context={context} />;
    default:
      return (
        <Rendered
          data={(output.data ?? {}) as Bundle}
          metadata={output.metadata as Bundle | undefined}
          context={context}
        />
      );
  }
}

/** A text that nbformat may keep as a list of texts. */
function joined(text: unknown, by = ''): string {
  return Array.isArray(text) ? text.join(by) : typeof text === 'string' ? text : '';
}
