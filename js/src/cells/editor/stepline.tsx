// The line above the active cell: its role, its step, what that waits for and asks for.

import { useEffect, useId, useRef, useState, type JSX } from 'react';

import { severityGlyph, worstFirst } from '../../model/findings';
import { shownOf } from '../../model/states';
import { StateMark } from '../../parts/mark';
import { Elapsed } from '../../parts/times';
import { useSignal } from '../../parts/useSignal';
import type { CellMarks } from '../../schema';
import { roleWord, type TagRole } from '../words';
import { After } from './after';
import type { Desk, IOffer } from './desk';
import { lineOf, othersNamed, type ILine } from './line';
import { Resources } from './resources';
import { TextField } from './textfield';

const ROLES: readonly TagRole[] = [
  'step',
  'imports',
  'functions',
  'parameters',
  'metrics',
  'skip',
  'notebook'
];
/** Roles with a name, and those that can wait for other steps. */
const NAMED: readonly CellMarks['role'][] = ['step', 'notebook', null];
const WAITING: readonly CellMarks['role'][] = ['step', 'notebook', 'metrics'];

/** Put the cursor into the line if it is wanted there and there is a field. */
export function enter(desk: Desk, node: HTMLElement): void {
  const field =
    node.querySelector<HTMLElement>('.jp-nbflow-Name input') ??
    node.querySelector<HTMLElement>('.jp-nbflow-Role');
  if (desk.entering && field !== null) {
    desk.entering = false;
    field.focus({ preventScroll: true });
  }
}

export function StepLine(props: { desk: Desk }): JSX.Element {
  const { desk } = props;
  const { notebook, trans } = desk;
  useSignal(notebook.changed);
  useSignal(notebook.source.changed);
  useSignal(desk.tags.changed);
  const read = desk.tags.read(desk.said());
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => enter(desk, box.current!));
  return (
    <div
      ref={box}
      className="jp-nbflow-line"
      role="group"
      aria-label={trans.__('Step of the cell')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          desk.leave();
        } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
          event.preventDefault();
          desk.undo(event.shiftKey);
        }
      }}
    >
      {read !== null && (
        <Fields
          desk={desk}
          marks={read.marks}
          problems={read.problems}
          line={lineOf(desk.cell, read.marks, notebook.analysis)}
        />
      )}
    </div>
  );
}

function Fields(props: {
  desk: Desk;
  marks: CellMarks;
  problems: readonly string[];
  line: ILine;
}): JSX.Element {
  const { desk, marks, problems, line } = props;
  const [problem, setProblem] = useState('');
  const [naming, setNaming] = useState(false);
  const [offer, setOffer] = useState<IOffer | null>(null);
  const tags = JSON.stringify(marks);
  useEffect(() => {
    setProblem('');
    setNaming(false);
  }, [tags]);
  const told = [problem, ...problems].filter(text => text !== '').join(' ');
  const role = naming ? 'step' : line.role;
  return (
    <>
      <State desk={desk} line={line} />
      <RoleField
        desk={desk}
        line={line}
        role={role}
        change={async wanted => {
          if (wanted === 'step' && line.name === '') {
            setNaming(true);
          } else {
            setNaming(false);
            setProblem(await desk.change({ role: wanted }));
          }
        }}
      />
      {NAMED.includes(role) && (
        <NameField
          desk={desk}
          line={line}
          focused={naming}
          left={() => setNaming(false)}
          offer={setOffer}
        />
      )}
      {offer?.name === line.name && (
        <RenameAll
          desk={desk}
          offer={offer}
          done={sentence => {
            setOffer(null);
            setProblem(sentence);
          }}
        />
      )}
      {WAITING.includes(line.role) && <After desk={desk} line={line} told={setProblem} />}
      {told && (
        <span className="jp-nbflow-problem" role="alert" title={told}>
          {told}
        </span>
      )}
      <span className="jp-nbflow-spacer" />
      <Found desk={desk} />
      {line.role !== 'skip' && <Resources desk={desk} marks={marks} asks={line.asks} />}
    </>
  );
}

function RoleField(props: {
  desk: Desk;
  line: ILine;
  role: CellMarks['role'];
  change: (role: CellMarks['role']) => Promise<void>;
}): JSX.Element {
  const { desk, line, role, change } = props;
  const { trans } = desk;
  const none = line.place ? trans.__('Goes on with') : trans.__('No step');
  return (
    <select
      className="jp-nbflow-Role"
      aria-label={trans.__('Role of the cell')}
      title={trans.__('Role of the cell')}
      value={role ?? ''}
      onChange={event => void change((event.target.value || null) as CellMarks['role'])}
    >
      <option value="">{none}</option>
      {ROLES.filter(each => each !== 'notebook' || role === 'notebook').map(each => (
        <option key={each} value={each}>
          {roleWord(trans, each)}
        </option>
      ))}
    </select>
  );
}

function NameField(props: {
  desk: Desk;
  line: ILine;
  focused: boolean;
  left: () => void;
  offer: (offer: IOffer | null) => void;
}): JSX.Element {
  const { desk, line, focused, left, offer } = props;
  const { trans } = desk;
  const list = useId();
  const keep = async (text: string) => {
    const before = desk.said();
    const old = line.name;
    const places = old ? othersNamed(desk.cell, old, desk.notebook.analysis) : 0;
    const problem = await desk.change(text ? { step: text } : { role: null });
    const offered = problem === '' && text !== '' && !line.names.includes(text) && places > 0;
    offer(offered ? { old, name: text, before, places } : null);
    return problem;
  };
  return (
    <>
      <TextField
        className="jp-nbflow-Name"
        label={trans.__('Name of the step')}
        value={line.name}
        placeholder={line.place || trans.__('name')}
        list={list}
        focused={focused}
        left={left}
        keep={keep}
      />
      <datalist id={list}>
        {line.names
          .filter(name => name !== line.name)
          .map(name => (
            <option key={name} value={name} />
          ))}
      </datalist>
    </>
  );
}

/** The offer to give the step its new name everywhere else. */
function RenameAll(props: {
  desk: Desk;
  offer: IOffer;
  done: (problem: string) => void;
}): JSX.Element {
  const { desk, offer, done } = props;
  const { trans } = desk;
  return (
    <button
      type="button"
      className="jp-nbflow-RenameAll"
      title={trans.__(
        'Rename %1 to %2 in its other cells, and where steps wait for it',
        offer.old,
        offer.name
      )}
      onClick={() => void desk.rename(offer).then(done)}
    >
      {trans._n('Rename it in %1 more place', 'Rename it in %1 more places', offer.places)}
    </button>
  );
}

/** What was found in the cell, for those who do not see its lines. */
function Found(props: { desk: Desk }): JSX.Element | null {
  const { notebook, cell, trans, tell } = props.desk;
  const found = worstFirst(notebook.findingsOf(cell));
  if (found.length === 0) {
    return null;
  }
  const label = trans._n('%1 finding', '%1 findings', found.length);
  return (
    <button
      type="button"
      className={`jp-nbflow-Found jp-mod-${found[0].severity}`}
      aria-label={label}
      title={label}
      aria-haspopup="dialog"
      onClick={tell}
    >
      <span aria-hidden="true">{severityGlyph(found[0].severity)}</span> {found.length}
    </button>
  );
}

/** What the step is doing in the run that is shown. */
function State(props: { desk: Desk; line: ILine }): JSX.Element | null {
  const { desk, line } = props;
  const { run } = desk.notebook;
  const name = desk.notebook.cell(desk.cell)?.step ?? (line.name || line.place);
  const state = run?.step(name) ?? null;
  if (state === null) {
    return null;
  }
  return (
    <span className="jp-nbflow-Doing">
      <StateMark state={shownOf(state)} trans={desk.trans} />
      <Elapsed
        started={state.started}
        seconds={state.reused ? null : state.seconds}
        running={state.state === 'running'}
      />
    </span>
  );
}
