// One output, rendered by JupyterLab as it renders what it does not trust.

import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { useEffect, useMemo, useRef, useState, type JSX } from 'react';

import type { CellOutputs } from '../schema';
import type { IContext } from './context';

type Output = CellOutputs['outputs'][number];

export function Rendered(props: { output: Output; context: IContext }): JSX.Element {
  const { output, context } = props;
  const { rendermime, trans } = context;
  const host = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const data = useMemo(() => bundleOf(output), [output]);
  const mime = rendermime.preferredMimeType(data, 'ensure');
  useEffect(() => {
    if (mime === undefined || !host.current?.isConnected) {
      return;
    }
    const renderer = rendermime.createRenderer(mime);
    const metadata = (output.metadata ?? {}) as ReadonlyPartialJSONObject;
    const model = rendermime.createModel({ data, metadata, trusted: false });
    renderer.renderModel(model).catch(() => setFailed(true));
    Widget.attach(renderer, host.current);
    return () => renderer.dispose();
  }, [rendermime, mime, data, output]);
  return mime === undefined || failed ? (
    <p className="jp-nbflow-Compare-quiet">
      {trans.__('Nothing here can show this: %1', Object.keys(data).join(', '))}
    </p>
  ) : (
    <div className="jp-OutputArea-output" ref={host} data-mime-type={mime} />
  );
}

function bundleOf(output: Output): ReadonlyPartialJSONObject {
  switch (output.output_type) {
    case 'stream': {
      const stream = output.name === 'stderr' ? 'stderr' : 'stdout';
      return { [`application/vnd.jupyter.${stream}`]: joined(output.text, '') };
    }
    case 'error':
      return { 'application/vnd.jupyter.stderr': joined(output.traceback, '\n') };
    default:
      return (output.data ?? {}) as ReadonlyPartialJSONObject;
  }
}

/** A text that nbformat may keep as a list of texts. */
function joined(text: unknown, by: string): string {
  return Array.isArray(text) ? text.join(by) : typeof text === 'string' ? text : '';
}
