// What the same cell has shown in each run, side by side.

import { useEffect, useRef, useState, type JSX, type RefObject } from 'react';

import { Notice } from '../parts/notice';
import { Output } from '../parts/output';
import { useLoaded } from '../parts/useLoaded';
import type { ComparedCell, ComparedOutput } from '../schema';
import type { IContext, IPart } from './context';

/** So many cells are shown at first. */
const FIRST = 20;

export function Outputs(props: IPart): JSX.Element {
  const { found, context } = props;
  const { trans } = context;
  const [all, setAll] = useState(false);
  const here = found.runs.filter(run => !run.profile);
  if (here.length < 2) {
    return (
      <p className="jp-nbflow-Compare-quiet">
        {trans.__(
          'Outputs of runs elsewhere are not kept here: the pages of their engines have them.'
        )}
      </p>
    );
  }
  if (found.cells.length === 0) {
    return (
      <p className="jp-nbflow-Compare-quiet">
        {trans.__('All cells that ran in these runs have shown the same.')}
      </p>
    );
  }
  const cells = all ? found.cells : found.cells.slice(0, FIRST);
  const more = found.cells.length - cells.length;
  return (
    <>
      {cells.map(cell => (
        <Cell key={Object.values(cell.outputs)[0].cell} {...props} cell={cell} />
      ))}
      {more > 0 && (
        <button className="jp-nbflow-link" onClick={() => setAll(true)}>
          {trans._n('%1 more cell', '%1 more cells', more)}
        </button>
      )}
      {found.cut > 0 && (
        <p className="jp-nbflow-Compare-quiet">
          {trans._n('%1 more cell differs.', '%1 more cells differ.', found.cut)}
        </p>
      )}
    </>
  );
}

function Cell(props: IPart & { cell: ComparedCell }): JSX.Element {
  const { found, cell, context } = props;
  const { trans } = context;
  const shown = found.runs.filter(run => run.id in cell.outputs);
  const one = cell.outputs[shown[0].id];
  const rich = Object.values(cell.outputs).some(isRich);
  return (
    <div className="jp-nbflow-Compare-cell" data-cell={one.cell}>
      <h4>{trans.__('Cell %1 of %2', one.number, one.step)}</h4>
      <div className="jp-nbflow-Compare-sides">
        {shown.map(run => {
          const output = cell.outputs[run.id];
          const label = trans.__('Run %1, cell %2', run.id, output.number);
          return (
            <div key={run.id} role="group" aria-label={label}>
              <div className="jp-nbflow-Compare-side">{trans.__('Run %1', run.id)}</div>
              {rich ? (
                <Rich {...props} run={run.id} output={output} label={label} />
              ) : (
                <Plain output={output} context={context} label={label} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Whether there is more to see than text. */
function isRich(output: ComparedOutput): boolean {
  return output.types.some(type => type !== 'text/plain');
}

/** Its text; a region of its own where it has a label. */
function Plain(props: { output: ComparedOutput; context: IContext; label?: string }): JSX.Element {
  const { output, context, label } = props;
  const { trans } = context;
  const region = label ? { tabIndex: 0, role: 'region', 'aria-label': label } : {};
  return (
    <>
      <pre {...region}>{output.text || trans.__('Nothing was shown.')}</pre>
      {output.cut > 0 && (
        <p className="jp-nbflow-Compare-quiet">
          {trans._n('%1 more character', '%1 more characters', output.cut)}
        </p>
      )}
    </>
  );
}

/** As Jupyter shows it; it is asked for when it comes into sight. */
function Rich(props: IPart & { run: string; output: ComparedOutput; label: string }): JSX.Element {
  const { model, run, output, context, label } = props;
  const { trans } = context;
  const [host, seen] = useSeen();
  const loaded = useLoaded(seen ? `${run} ${output.step} ${output.cell}` : null, () =>
    model.outputs(run, output.step, output.cell)
  );
  if (loaded.problem) {
    return (
      <>
        <Plain output={output} context={context} label={label} />
        <Notice kind="error" again={loaded.again} trans={trans}>
          {loaded.problem.message}
        </Notice>
      </>
    );
  }
  return (
    <div
      ref={host}
      className="jp-nbflow-Compare-rich"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      {loaded.value ? (
        loaded.value.outputs.map((each, index) => (
          <Output key={index} output={each} context={context} />
        ))
      ) : (
        <Plain output={output} context={context} />
      )}
      {loaded.value !== null && loaded.value.cut > 0 && (
        <p className="jp-nbflow-Compare-quiet">
          {trans._n(
            '%1 output is too large to be shown here.',
            '%1 outputs are too large to be shown here.',
            loaded.value.cut
          )}
        </p>
      )}
    </div>
  );
}

function useSeen(): [RefObject<HTMLDivElement>, boolean] {
  const host = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const watching = new IntersectionObserver(entries => {
      if (entries.some(entry => entry.isIntersecting)) {
        setSeen(true);
        watching.disconnect();
      }
    });
    watching.observe(host.current!);
    return () => watching.disconnect();
  }, []);
  return [host, seen];
}
