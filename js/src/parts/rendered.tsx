// What a cell has shown, rendered by JupyterLab as it renders what it does not trust.

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { useLayoutEffect, useMemo, useRef, useState, type JSX } from 'react';

import { linesOf } from '../model/terminal';
import { Line } from './line';

type Bundle = ReadonlyPartialJSONObject;

/** What is needed to show an output. */
export interface IShowing {
  readonly rendermime: IRenderMimeRegistry;
  readonly trans: TranslationBundle;
}

/** A MIME bundle, as the best of its types that is safe. */
export function Rendered(props: {
  data: Bundle;
  metadata?: Bundle;
  context: IShowing;
}): JSX.Element {
  const { data, metadata, context } = props;
  const host = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const mime = context.rendermime.preferredMimeType(data, 'ensure');
  // What is removed has to be in the document still.
  useLayoutEffect(() => {
    if (mime === undefined || !host.current?.isConnected) {
      return;
    }
    const renderer = shown(context.rendermime, mime, data, metadata, () => setFailed(true));
    Widget.attach(renderer, host.current);
    return () => {
      if (renderer.isAttached && !renderer.node.isConnected) {
        MessageLoop.sendMessage(renderer, Widget.Msg.AfterDetach);
      }
      renderer.dispose();
    };
  }, [context.rendermime, mime, data, metadata]);
  if (mime === undefined || failed) {
    return (
      <p className="jp-nbflow-Notice">
        {context.trans.__('Nothing here can show this: %1', Object.keys(data).join(', '))}
      </p>
    );
  }
  return <div className="jp-nbflow-Rendered" ref={host} data-mime-type={mime} />;
}

function shown(
  rendermime: IRenderMimeRegistry,
  mime: string,
  data: Bundle,
  metadata: Bundle | undefined,
  failed: () => void
) {
  const renderer = rendermime.createRenderer(mime);
  renderer.addClass('jp-OutputArea-output');
  renderer.renderModel(rendermime.createModel({ data, metadata, trusted: false })).catch(failed);
  return renderer;
}

/** So many lines of a text are shown at its place; the log has all. */
const MOST_LINES = 2000;

/** Text as a terminal shows it. */
export function Text(props: { text: string; stream?: string; context: IShowing }): JSX.Element {
  const { text, context } = props;
  const lines = useMemo(() => linesOf(text), [text]);
  const more = lines.length - MOST_LINES;
  const error = props.stream === 'stderr' || props.stream === 'error';
  return (
    <div
      className="jp-OutputArea-output jp-RenderedText"
      data-mime-type={error ? 'application/vnd.jupyter.stderr' : 'application/vnd.jupyter.stdout'}
    >
      <pre>
        {lines.slice(0, MOST_LINES).map((line, index) => (
          <Line key={index} line={line} />
        ))}
      </pre>
      {more > 0 && (
        <p className="jp-nbflow-Notice">
          {context.trans._n('%1 more line is in the log.', '%1 more lines are in the log.', more)}
        </p>
      )}
    </div>
  );
}
