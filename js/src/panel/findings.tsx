// What nbflow has to tell of the notebook before it runs.

import { useMemo, useState, type JSX } from 'react';

import { severityGlyph, severityWord, worstFirst } from '../model/findings';
import { Prose } from '../parts/prose';
import type { Finding } from '../schema';
import { CommandIDs } from '../tokens';
import { Section } from './section';
import type { IPart, IView } from './view';
import { placeOf, sentence } from './words';

/** So many are shown at first. */
const FIRST = 50;

export function Findings({ view }: IPart): JSX.Element {
  const { model, trans } = view;
  const findings = model.analysis?.findings ?? [];
  return (
    <Section name="findings" title={trans.__('Findings')} count={findings.length}>
      {findings.length > 0 ? (
        <FindingList view={view} findings={findings} />
      ) : (
        <p className="jp-nbflow-empty">
          {model.analysis === null
            ? trans.__('Reading the notebook…')
            : trans.__('Nothing to tell.')}
        </p>
      )}
    </Section>
  );
}

export function FindingList(props: { view: IView; findings: readonly Finding[] }): JSX.Element {
  const { view, findings } = props;
  const { trans } = view;
  const [all, setAll] = useState(false);
  const sorted = useMemo(() => worstFirst(findings), [findings]);
  const more = sorted.length - FIRST;
  return (
    <ul className="jp-nbflow-findings">
      {sorted.slice(0, all ? undefined : FIRST).map((each, index) => (
        <Item key={index} view={view} finding={each} />
      ))}
      {!all && more > 0 && (
        <li>
          <button className="jp-nbflow-link" onClick={() => setAll(true)}>
            {trans._n('%1 more', '%1 more', more)}
          </button>
        </li>
      )}
    </ul>
  );
}

function Item({ view, finding }: { view: IView; finding: Finding }): JSX.Element {
  const { model, commands, trans } = view;
  const { cell, line, severity } = finding;
  const step = cell === null ? null : (model.cell(cell)?.step ?? null);
  const go = () =>
    void commands.execute(CommandIDs.goTo, {
      path: model.path,
      cell,
      line: line || undefined,
      column: finding.column ?? undefined
    });
  return (
    <li className={`jp-nbflow-finding jp-mod-${severity}`} data-code={finding.code}>
      <div className="jp-nbflow-findingHead">
        <span aria-hidden>{severityGlyph(severity)}</span>
        <span className="jp-nbflow-hidden">{severityWord(severity, trans)}</span>
        <button
          className="jp-nbflow-link"
          title={trans.__('What %1 (%2) means', finding.code, finding.name)}
          onClick={() => void commands.execute(CommandIDs.explain, { code: finding.code })}
        >
          {finding.code}
        </button>
        <span className="jp-nbflow-cut">{placeOf(finding, step, trans)}</span>
        {cell !== null && (
          <button className="jp-nbflow-link" onClick={go}>
            {trans.__('Go')}
          </button>
        )}
      </div>
      <p>
        <Prose text={sentence(finding.message)} />
      </p>
      {finding.fixes.length > 0 && (
        <div className="jp-nbflow-fixes">
          {finding.fixes.map(each => (
            <button
              key={each.title}
              className="jp-nbflow-button jp-mod-small"
              aria-disabled={model.stale}
              onClick={() => model.stale || model.repair(each)}
            >
              <Prose text={each.title} />
            </button>
          ))}
        </div>
      )}
      {finding.hint && (
        <p className="jp-nbflow-hint">
          <Prose text={finding.hint} />
        </p>
      )}
    </li>
  );
}
