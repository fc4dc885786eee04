// A field for a text that is kept on Enter and when the field is left.

import { useEffect, useId, useRef, useState, type InputHTMLAttributes, type JSX } from 'react';

interface ITextFieldProps extends Pick<
  InputHTMLAttributes<HTMLInputElement>,
  'placeholder' | 'list' | 'type' | 'min'
> {
  readonly label: string;
  readonly value: string;
  /** Keep the text: a sentence where that cannot be, else "". */
  readonly keep: (text: string) => Promise<string>;
  /** Said of the field beside its label. */
  readonly note?: string;
  readonly className?: string;
  readonly focused?: boolean;
  /** The text was given up. */
  readonly left?: () => void;
}

export function TextField(props: ITextFieldProps): JSX.Element {
  const { label, value, keep, note, className, focused, left, ...others } = props;
  const [draft, setDraft] = useState(value);
  const [problem, setProblem] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    setDraft(value);
    setProblem('');
  }, [value]);
  useEffect(() => {
    if (focused) {
      input.current?.focus();
    }
  }, [focused]);

  const commit = async () => {
    if (draft.trim() === value) {
      setDraft(value);
      setProblem('');
      left?.();
      return;
    }
    setProblem(await keep(draft.trim()));
  };
  const told = [problem, note ?? ''].filter(text => text !== '').join(' ');
  return (
    <span className={`jp-nbflow-TextField ${className ?? ''}`}>
      <input
        {...others}
        ref={input}
        aria-label={label}
        aria-describedby={told ? id : undefined}
        aria-invalid={problem !== ''}
        title={told || label}
        spellCheck={false}
        autoComplete="off"
        value={draft}
        onChange={event => setDraft(event.target.value)}
        onBlur={() => void commit()}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            void commit();
          } else if (event.key === 'Escape' && draft !== value) {
            // The first Escape gives up what was typed, the next one leaves.
            event.stopPropagation();
            setDraft(value);
            setProblem('');
          } else if (event.key.toLowerCase() === 'z' && draft !== value) {
            // What was typed here is undone here.
            event.stopPropagation();
          }
        }}
      />
      {problem && (
        <span className="jp-nbflow-problem" role="alert">
          {problem}
        </span>
      )}
      <span id={id} hidden>
        {told}
      </span>
    </span>
  );
}
