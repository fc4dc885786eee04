// The form of what a step asks for, in a popover beside its button.

import { settingsIcon } from '@jupyterlab/ui-components';
import { useId, useRef, useState, type JSX, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

import type { CellMarks, StepSettings } from '../../schema';
import { Popover } from '../popover';
import type { Desk } from './desk';
import { devices, FIELDS, GPUS, inherited, kindOf, type FieldName, type IField } from './fields';
import { TextField } from './textfield';

export function Resources(props: { desk: Desk; marks: CellMarks; asks: number }): JSX.Element {
  const { desk, marks, asks } = props;
  const { trans } = desk;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const label =
    asks > 0
      ? trans._n('What the step asks for: %1 tag', 'What the step asks for: %1 tags', asks)
      : trans.__('What the step asks for');
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button
        type="button"
        ref={button}
        className="jp-nbflow-Gear"
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-haspopup="dialog"
        onClick={() => setOpen(!open)}
      >
        <settingsIcon.react tag="span" width="14px" height="14px" />
        {asks > 0 && <span aria-hidden="true">{asks}</span>}
      </button>
      {open &&
        createPortal(
          <Popover
            anchor={() => button.current}
            label={label}
            close={close}
            gone={() => setOpen(false)}
          >
            <Form desk={desk} marks={marks} />
          </Popover>,
          document.body
        )}
    </>
  );
}

function Form(props: { desk: Desk; marks: CellMarks }): JSX.Element {
  const { desk, marks } = props;
  const { trans, notebook } = desk;
  const step = notebook.cell(desk.cell)?.step ?? null;
  const settings = notebook.analysis?.step_settings.find(each => each.step === step) ?? null;
  const given = { desk, marks, settings };
  const others = [
    ...marks.env.map(({ name, value }) => `env:${name}:${value}`),
    ...marks.labels.map(({ name, value }) => `label:${name}:${value}`),
    ...marks.annotations.map(({ name, value }) => `annotation:${name}:${value}`),
    ...marks.others
  ];
  const kind = kindOf(marks, settings);
  return (
    <div className="jp-nbflow-Form">
      <Row title={trans.__('Image')}>
        <Field {...given} name="image" label={trans.__('Image')} />
      </Row>
      <Row title={trans.__('CPU')}>
        <Aside text={trans.__('at least')} />
        <Field {...given} name="cpu_request" label={trans.__('CPU, at least')} />
        <Aside text={trans.__('at most')} />
        <Field {...given} name="cpu_limit" label={trans.__('CPU, at most')} />
      </Row>
      <Row title={trans.__('Memory')}>
        <Aside text={trans.__('at least')} />
        <Field {...given} name="memory_request" label={trans.__('Memory, at least')} />
        <Aside text={trans.__('at most')} />
        <Field {...given} name="memory_limit" label={trans.__('Memory, at most')} />
      </Row>
      <Row title={trans.__('GPU')}>
        <Field {...given} name="gpu" label={trans.__('GPUs')} />
        <select
          aria-label={trans.__('Kind of GPU')}
          value={kind}
          disabled={marks.devices.length === 0}
          onChange={event =>
            void desk.change(devices(marks.devices[0].count, event.target.value, marks))
          }
        >
          {[...new Set([...GPUS, kind])].map(each => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </Row>
      <Row title={trans.__('Retries')}>
        <Field {...given} name="retry" label={trans.__('Retries')} />
        <Aside text={trans.__('each after')} />
        <Field {...given} name="wait" label={trans.__('Wait before a retry')} />
      </Row>
      <Row title={trans.__('Time limit')}>
        <Field {...given} name="timeout" label={trans.__('Time limit')} />
      </Row>
      <Row title={trans.__('Cache')}>
        <Cache {...given} />
      </Row>
      {others.length > 0 && (
        <Row title={trans.__('Other tags')}>
          <span className="jp-nbflow-others">{others.join(', ')}</span>
        </Row>
      )}
    </div>
  );
}

function Row(props: { title: string; children: ReactNode }): JSX.Element {
  return (
    <div className="jp-nbflow-FormRow">
      <span aria-hidden="true">{props.title}</span>
      <span>{props.children}</span>
    </div>
  );
}

function Aside(props: { text: string }): JSX.Element {
  return (
    <span className="jp-nbflow-aside" aria-hidden="true">
      {props.text}
    </span>
  );
}

interface IGiven {
  desk: Desk;
  marks: CellMarks;
  /** What all cells of the step say, and the notebook says for all steps. */
  settings: StepSettings | null;
}

function Field(props: IGiven & { name: FieldName; label: string }): JSX.Element {
  const { desk, marks, settings, name, label } = props;
  const { trans } = desk;
  const field = FIELDS.find(each => each.name === name)!;
  const own = field.of(marks);
  const { value, note } = from(desk, field, settings);
  const shown = own === '' && value !== '';
  return (
    <span className="jp-nbflow-FieldWithNote">
      <TextField
        label={label}
        value={own}
        note={shown ? `${value}, ${note}` : undefined}
        placeholder={shown ? value : trans.__('e.g. %1', field.example)}
        type={name === 'retry' ? 'number' : 'text'}
        min={name === 'retry' ? 0 : undefined}
        keep={text => desk.change(field.change(text, marks))}
      />
      {shown && <small aria-hidden="true">{note}</small>}
    </span>
  );
}

function Cache(props: IGiven): JSX.Element {
  const { desk, marks, settings } = props;
  const { trans } = desk;
  const field = FIELDS.find(each => each.name === 'cache')!;
  const { value, note } = from(desk, field, settings);
  const words: Record<string, string> = {
    enabled: trans.__('Results are used again'),
    disabled: trans.__('Runs every time')
  };
  const id = useId();
  const own = field.of(marks);
  const shown = own === '' && value !== '';
  return (
    <span className="jp-nbflow-FieldWithNote">
      <select
        aria-label={trans.__('Cache')}
        aria-describedby={shown ? id : undefined}
        value={own}
        onChange={event => void desk.change(field.change(event.target.value, marks))}
      >
        <option value="">{shown ? words[value] : trans.__('As the engine does it')}</option>
        <option value="enabled">{words.enabled}</option>
        <option value="disabled">{words.disabled}</option>
      </select>
      {shown && <small id={id}>{note}</small>}
    </span>
  );
}

function from(desk: Desk, field: IField, settings: StepSettings | null) {
  const { value, byNotebook } = inherited(field, settings);
  const note = byNotebook
    ? desk.trans.__('from the notebook')
    : desk.trans.__('from another cell of the step');
  return { value, note };
}
