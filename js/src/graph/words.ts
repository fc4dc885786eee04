// What a graph says in words: what edges carry, what a step is and waits for.

import type { TranslationBundle } from '@jupyterlab/translation';

import { duration } from '../model/format';
import { wordOf } from '../model/states';
import type { IGraphEdge, IGraphNode } from './pipeline';
import { isGoing, type IGraphState } from './states';

export type States = ReadonlyMap<string, IGraphState>;

/** Ambient state in words; a variable is its name. */
export function carried(trans: TranslationBundle, name: string): string {
  if (!name.startsWith('@')) {
    return name;
  }
  const bare = name.slice(1);
  const [kind, ...rest] = bare.split(':');
  const about = rest.join(':');
  if (kind === 'file') {
    return trans.__('file %1', about);
  }
  if (kind === 'module') {
    return trans.__('module %1', about);
  }
  return ambient(trans)[bare] ?? trans.__('state of %1', bare);
}

function ambient(trans: TranslationBundle): Readonly<Record<string, string>> {
  return {
    random: trans.__('random numbers'),
    'numpy.random': trans.__('random numbers of NumPy'),
    'torch.random': trans.__('random numbers of PyTorch'),
    environ: trans.__('environment variables'),
    cwd: trans.__('working directory'),
    files: trans.__('files'),
    pyplot: trans.__('open figures'),
    warnings: trans.__('warning filters'),
    logging: trans.__('logging'),
    locale: trans.__('locale'),
    timezone: trans.__('time zone'),
    decimal: trans.__('decimal context'),
    signals: trans.__('signal handlers'),
    limits: trans.__('limits of the interpreter'),
    csv: trans.__('dialects of csv'),
    codecs: trans.__('error handlers of codecs'),
    out: trans.__('earlier outputs'),
    ipython: trans.__('state of IPython'),
    shell: trans.__('state of the shell'),
    'sys.path': trans.__('import path'),
    'sys.modules': trans.__('imported modules'),
    'matplotlib.rcParams': trans.__('settings of Matplotlib'),
    'matplotlib.colormaps': trans.__('colour maps of Matplotlib'),
    'numpy.printoptions': trans.__('options of NumPy'),
    'pandas.options': trans.__('options of pandas'),
    'pandas.accessors': trans.__('accessors of pandas'),
    'pandas.progress': trans.__('progress bars of pandas'),
    'sklearn.config': trans.__('options of scikit-learn'),
    'sympy.printing': trans.__('printing of SymPy')
  };
}

/** What an edge carries, variables before ambient state. */
function namesOf(trans: TranslationBundle, { variables }: IGraphEdge): readonly string[] {
  const isAmbient = (name: string): boolean => name.startsWith('@');
  return [
    ...variables.filter(name => !isAmbient(name)),
    ...variables.filter(isAmbient).map(name => carried(trans, name))
  ];
}

/** What an edge carries, and how sure that is. */
export function edgeText(trans: TranslationBundle, edge: IGraphEdge): string {
  if (edge.variables.length === 0) {
    return trans.__('only the order, as you asked');
  }
  const names = namesOf(trans, edge).join(', ');
  return edge.possible ? trans.__('perhaps %1', names) : names;
}

/** The text beside an edge: names as long as there is room, and how many more there are. */
export function edgeLabel(trans: TranslationBundle, edge: IGraphEdge, most = 24): string {
  const names = namesOf(trans, edge);
  if (names.length === 0) {
    return trans.__('order');
  }
  let shown = 1;
  while (shown < names.length && names.slice(0, shown + 1).join(', ').length <= most) {
    shown += 1;
  }
  const text = names.slice(0, shown).join(', ');
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return shown < names.length ? `${cut} +${names.length - shown}` : cut;
}

/** A small sign at a step, and what it means. */
interface ISign {
  readonly sign: 'metrics' | 'calls' | 'gpu' | 'retry' | 'uncached';
  readonly text: string;
  readonly meaning: string;
}

export function signsOf(trans: TranslationBundle, node: IGraphNode): readonly ISign[] {
  const found: ISign[] = [];
  const add = (sign: ISign['sign'], text: string, meaning: string): unknown =>
    found.push({ sign, text, meaning });
  if (node.role === 'metrics') {
    add('metrics', trans.__('metrics'), trans.__('gives the metrics'));
  }
  if (node.notebook) {
    const name = node.notebook.split('/').pop()!;
    add('calls', '↗', trans.__('calls the notebook %1', name));
  }
  if (node.gpu) {
    add('gpu', trans.__('GPU'), trans.__('needs a GPU'));
  }
  if (node.retry > 0) {
    const times = trans._n('tried once more', 'tried %1 times more', node.retry);
    add('retry', `×${node.retry + 1}`, trans.__('%1 when it fails', times));
  }
  if (node.uncached) {
    add('uncached', '', trans.__('never taken from the cache'));
  }
  return found;
}

/** A step as a screen reader says it: name, state, what it waits for or comes after, its signs. */
export function nodeText(
  trans: TranslationBundle,
  node: IGraphNode,
  before: readonly string[],
  states: States | undefined
): string {
  const parts = [node.name];
  const state = states?.get(node.name);
  if (state) {
    parts.push(stateText(trans, state));
  }
  const missing = before.filter(name => !isReady(states?.get(name)));
  if (state?.state === 'waiting' && missing.length > 0) {
    parts.push(trans.__('waits for %1', missing.join(', ')));
  } else if (before.length > 0) {
    parts.push(trans.__('after %1', before.join(', ')));
  }
  if (node.call) {
    parts.push(trans.__('in the notebook %1', node.call));
  }
  return [...parts, ...signsOf(trans, node).map(sign => sign.meaning)].join(', ');
}

function stateText(trans: TranslationBundle, state: IGraphState): string {
  const word = wordOf(state.state, trans);
  const { started, seconds } = state;
  if (isGoing(state)) {
    return started === null ? word : trans.__('%1 since %2', word, moment(started));
  }
  return seconds === null ? word : `${word} ${duration(seconds)}`;
}

/** A time of the day: a label that changes each second is read out each second. */
function moment(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString();
}

function isReady(state: IGraphState | undefined): boolean {
  return state?.state === 'done' || state?.state === 'reused';
}

/** What a step takes and gives, for the line below the graph. */
export function flowText(
  trans: TranslationBundle,
  name: string,
  edges: readonly IGraphEdge[]
): string {
  const taken = edges
    .filter(edge => edge.reader === name)
    .map(edge => trans.__('%1 from %2', flowing(trans, edge), edge.writer));
  const given = edges
    .filter(edge => edge.writer === name)
    .map(edge => trans.__('%1 to %2', flowing(trans, edge), edge.reader));
  if (taken.length + given.length === 0) {
    return trans.__('%1 neither takes nor gives anything.', name);
  }
  const parts = [];
  if (taken.length > 0) {
    parts.push(trans.__('takes %1', taken.join('; ')));
  }
  if (given.length > 0) {
    parts.push(trans.__('gives %1', given.join('; ')));
  }
  return `${name} ${parts.join(' · ')}`;
}

function flowing(trans: TranslationBundle, edge: IGraphEdge): string {
  return edge.variables.length > 0 ? edgeText(trans, edge) : trans.__('only the order');
}
