// The parameters of the next run, as a form.

import { undoIcon } from '@jupyterlab/ui-components';
import { useId, type JSX } from 'react';

import { shown } from '../model/parameters';
import type { Parameter } from '../schema';
import { ToolButton } from './buttons';
import { Section } from './section';
import type { IPart, IView } from './view';
import { problemSentence } from './words';

export function Parameters({ view }: IPart): JSX.Element | null {
  const { model, trans } = view;
  const { fields, computed } = model.parameters;
  if (model.analysis === null || (fields.length === 0 && computed.length === 0)) {
    return null;
  }
  return (
    <Section name="parameters" title={trans.__('Parameters')} count={fields.length}>
      <div className="jp-nbflow-parameters">
        {fields.map(each => (
          <Field key={each.name} view={view} parameter={each} />
        ))}
        {computed.length > 0 && (
          <p className="jp-nbflow-hint">
            {trans.__('Follows from these: %1', computed.map(each => each.name).join(', '))}
          </p>
        )}
      </div>
    </Section>
  );
}

function Field({ view, parameter }: { view: IView; parameter: Parameter }): JSX.Element {
  const { model, trans } = view;
  const { parameters } = model;
  const id = useId();
  const problem = parameters.problem(parameter);
  const entered = parameters.isEntered(parameter);
  const kind = parameter.annotation || parameter.type;
  return (
    <div className="jp-nbflow-parameter" data-parameter={parameter.name}>
      <label htmlFor={id} className="jp-nbflow-cut" title={parameter.name}>
        {parameter.name}
      </label>
      <Input view={view} parameter={parameter} id={id} wrong={problem !== null} />
      <span className="jp-nbflow-type jp-nbflow-cut" title={kind}>
        {kind}
      </span>
      <ToolButton
        icon={undoIcon}
        label={trans.__('Set “%1” back to its default', parameter.name)}
        disabled={!entered}
        onClick={() => parameters.reset(parameter)}
      />
      {(problem !== null || entered) && (
        <p id={`${id}-told`} className={problem ? 'jp-nbflow-wrong' : 'jp-nbflow-hint'}>
          {problem && `${problemSentence(problem, trans)} `}
          {trans.__('Default: %1', shown(parameter.type, parameter.default))}
        </p>
      )}
    </div>
  );
}

function Input(props: {
  view: IView;
  parameter: Parameter;
  id: string;
  wrong: boolean;
}): JSX.Element {
  const { view, parameter, id, wrong } = props;
  const { parameters } = view.model;
  const text = parameters.text(parameter);
  const common = {
    id,
    value: text,
    spellCheck: false,
    'aria-invalid': wrong,
    'aria-describedby': parameters.isEntered(parameter) ? `${id}-told` : undefined,
    onChange: (event: { target: { value: string } }) =>
      parameters.enter(parameter, event.target.value)
  };
  if (parameter.type === 'bool') {
    return (
      <select className="jp-nbflow-field" {...common}>
        <option>True</option>
        <option>False</option>
      </select>
    );
  }
  if (['list', 'dict'].includes(parameter.type) || text.includes('\n')) {
    const rows = Math.min(8, Math.max(text.split('\n').length, Math.ceil(text.length / 24)));
    return <textarea className="jp-nbflow-field" rows={rows} {...common} />;
  }
  const numeric = parameter.type === 'int' || parameter.type === 'float';
  return (
    <input
      className="jp-nbflow-field"
      type="text"
      autoComplete="off"
      inputMode={numeric ? 'decimal' : undefined}
      {...common}
    />
  );
}
