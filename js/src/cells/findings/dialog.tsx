// What there is to say of a line, with the way out and what can be repaired with one click.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import { useState, type JSX } from 'react';

import { severityGlyph, severityWord } from '../../model/findings';
import type { NotebookModel } from '../../model/notebook';
import type { Finding, Fix } from '../../schema';
import { Popover } from '../popover';
import type { IMark } from './marks';

/** Open the dialog beside a place of the screen; `back` puts the cursor to where it was. */
export function tell(
  notebook: NotebookModel,
  mark: IMark,
  at: DOMRect,
  trans: TranslationBundle,
  back: () => void
): void {
  const spot = { getBoundingClientRect: () => at, contains: () => false } as unknown as HTMLElement;
  const gone = () => widget.dispose();
  const close = () => {
    gone();
    back();
  };
  const widget = ReactWidget.create(
    <Popover anchor={() => spot} label={trans.__('Findings of the line')} close={close} gone={gone}>
      {mark.findings.map((finding, index) => (
        <Item key={index} finding={finding} notebook={notebook} trans={trans} done={close} />
      ))}
      <button type="button" className="jp-Button jp-mod-minimal jp-mod-small" onClick={close}>
        {trans.__('Close')}
      </button>
    </Popover>
  );
  Widget.attach(widget, document.body);
}

function Item(props: {
  finding: Finding;
  notebook: NotebookModel;
  trans: TranslationBundle;
  done: () => void;
}): JSX.Element {
  const { finding, notebook, trans, done } = props;
  const [late, setLate] = useState(false);
  const repair = (fix: Fix) => (notebook.repair(fix) ? done() : setLate(true));
  return (
    <div className={`jp-nbflow-Told jp-mod-${finding.severity}`}>
      <p>
        <span className="jp-nbflow-severity" aria-hidden="true">
          {severityGlyph(finding.severity)}
        </span>{' '}
        <strong>
          {severityWord(finding.severity, trans)} {finding.code}
        </strong>{' '}
        {finding.message}
      </p>
      {finding.hint && <p className="jp-nbflow-wayout">{finding.hint}</p>}
      {finding.fixes.map(fix => (
        <button
          key={fix.title}
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept jp-mod-small"
          onClick={() => repair(fix)}
        >
          {fix.title}
        </button>
      ))}
      {late && (
        <p className="jp-nbflow-problem" role="alert">
          {trans.__('The notebook has changed meanwhile.')}
        </p>
      )}
    </div>
  );
}
