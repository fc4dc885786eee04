// The log of a step: it follows while the step runs, is searched, wrapped, and saved.

import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Button,
  caretDownIcon,
  caretUpIcon,
  downloadIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import { useEffect, useMemo, useRef, useState, type JSX, type KeyboardEvent } from 'react';

import { LogModel } from '../model/log';
import { firstFrom, matches, MOST_MATCHES, type IMatch } from '../model/search';
import { Notice } from '../parts/notice';
import { useSignal } from '../parts/useSignal';
import { LogView } from './logview';
import type { IStepProps } from './steppane';

export function LogTab(props: IStepProps): JSX.Element {
  const { page, context, step } = props;
  const { trans } = context;
  const log = useLog(props);
  const count = useSignal(log.changed);
  const [wrap, setWrap] = useState(true);
  const [follow, setFollow] = useState(step.state === 'running' || step.state === 'failed');
  const { lines } = log.terminal;
  const search = useSearch(log, count, () => setFollow(false));
  const input = useRef<HTMLInputElement>(null);
  if (lines.length === 0) {
    return <Nothing {...props} log={log} />;
  }
  const key = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
      event.preventDefault();
      event.stopPropagation();
      input.current?.select();
    }
  };
  const cells = new Map(page.run.recorded(step.name)?.cells.map(each => [each.id, each.number]));
  const { client, ref } = page.run;
  return (
    <div className="jp-nbflow-Log" onKeyDown={key}>
      <div className="jp-nbflow-Log-bar" role="toolbar" aria-label={trans.__('Log')}>
        <SearchField search={search} trans={trans} input={input} />
        <span className="jp-nbflow-fill" />
        <Toggle on={follow} set={setFollow} label={trans.__('Follow')} />
        <Toggle on={wrap} set={setWrap} label={trans.__('Wrap')} />
        <a
          className="jp-Button jp-mod-minimal jp-mod-small"
          href={client.address(`runs/${ref.id}/log.txt`, { folder: ref.folder, step: step.name })}
          title={trans.__('Save the log as a file')}
          aria-label={trans.__('Save the log as a file')}
          download
        >
          <downloadIcon.react tag="span" className="jp-nbflow-icon" />
        </a>
      </div>
      {log.cut && (
        <p className="jp-nbflow-Log-note">
          {trans.__('The log is long: this is its end. What you save has all of it.')}
        </p>
      )}
      <LogView
        terminal={log.terminal}
        label={trans.__('Log of %1', step.name)}
        wrap={wrap}
        follow={follow}
        setFollow={setFollow}
        found={search.found}
        current={search.current}
        cellLabel={cell => {
          const number =
            cells.get(cell) ?? props.pipeline?.cells.find(each => each.id === cell)?.number;
          return number === undefined ? trans.__('Cell') : trans.__('Cell %1', number);
        }}
        goTo={cell => context.goTo(page.run, cell)}
      />
    </div>
  );
}

/** The log of the step, kept current while the page is in sight. */
function useLog({ page, step }: IStepProps): LogModel {
  const { run, visible } = page;
  const log = useMemo(() => new LogModel(run, step.name), [run, step.name]);
  useEffect(() => () => log.dispose(), [log]);
  useEffect(() => {
    const watching = visible ? log.watch() : null;
    return () => watching?.dispose();
  }, [log, visible]);
  return log;
}

function Nothing(props: IStepProps & { log: LogModel }): JSX.Element {
  const { log, step } = props;
  const { trans } = props.context;
  if (log.problem) {
    return (
      <Notice kind="error" again={() => log.retry()} trans={trans}>
        {log.problem.message}
      </Notice>
    );
  }
  if (log.loading && step.state !== 'waiting' && step.state !== 'skipped') {
    return (
      <Notice kind="loading" trans={trans}>
        {trans.__('Reading the log…')}
      </Notice>
    );
  }
  const told = {
    waiting: trans.__('The step has not begun yet.'),
    running: trans.__('The step has written nothing yet.'),
    skipped: trans.__('The step was not run.')
  };
  return (
    <Notice kind="empty" trans={trans}>
      {told[step.state as keyof typeof told] ?? trans.__('The step has written nothing.')}
    </Notice>
  );
}

interface ISearch {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly found: readonly IMatch[];
  readonly current: IMatch | null;
  readonly at: number;
  /** Go to the next match, or to the one before. */
  readonly step: (by: 1 | -1) => void;
}

function useSearch(log: LogModel, count: number, moved: () => void): ISearch {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<IMatch | null>(null);
  const { terminal } = log;
  const found = useMemo(
    () => matches(terminal.lines, text),
    // The lines are others whenever the log has changed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [terminal, text, count]
  );
  const known = chosen ? found.findIndex(each => isSame(each, chosen)) : -1;
  const at = known >= 0 ? known : chosen ? firstFrom(found, chosen.line) % found.length || 0 : 0;
  const choose = (match: IMatch | undefined) => {
    if (match) {
      moved();
      setChosen(match);
    }
  };
  return {
    text,
    setText: given => {
      setText(given);
      choose(matches(terminal.lines, given)[0]);
    },
    found,
    current: found[at] ?? null,
    at,
    step: by => choose(found[(at + by + found.length) % found.length])
  };
}

function isSame(one: IMatch, other: IMatch): boolean {
  return one.line === other.line && one.start === other.start;
}

function SearchField(props: {
  search: ISearch;
  trans: TranslationBundle;
  input: React.RefObject<HTMLInputElement>;
}): JSX.Element {
  const { search, trans } = props;
  const { found, text } = search;
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      search.step(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      search.setText('');
    }
  };
  const many = found.length === MOST_MATCHES ? `${MOST_MATCHES}+` : String(found.length);
  return (
    <span className="jp-nbflow-Search" role="search">
      <input
        ref={props.input}
        className="jp-mod-styled"
        type="text"
        spellCheck={false}
        placeholder={trans.__('Search')}
        aria-label={trans.__('Search the log')}
        value={text}
        onChange={event => search.setText(event.target.value)}
        onKeyDown={key}
      />
      {text && (
        <>
          <span className="jp-nbflow-Search-count" role="status">
            {found.length === 0 ? trans.__('no match') : trans.__('%1 of %2', search.at + 1, many)}
          </span>
          <IconButton
            icon={caretUpIcon}
            label={trans.__('Previous match')}
            act={() => search.step(-1)}
            off={found.length === 0}
          />
          <IconButton
            icon={caretDownIcon}
            label={trans.__('Next match')}
            act={() => search.step(1)}
            off={found.length === 0}
          />
        </>
      )}
    </span>
  );
}

function IconButton(props: {
  icon: LabIcon;
  label: string;
  act: () => void;
  off?: boolean;
}): JSX.Element {
  return (
    <Button
      minimal
      small
      title={props.label}
      aria-label={props.label}
      onClick={props.act}
      disabled={props.off}
    >
      <props.icon.react tag="span" className="jp-nbflow-icon" />
    </Button>
  );
}

function Toggle(props: { on: boolean; set: (on: boolean) => void; label: string }): JSX.Element {
  return (
    <label className="jp-nbflow-Toggle">
      <input
        type="checkbox"
        checked={props.on}
        onChange={event => props.set(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
