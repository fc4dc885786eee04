// Findings in the editors of cells: the line is underlined, and a sign behind its text tells more.

import type { CodeEditor } from '@jupyterlab/codeeditor';
import { EditorExtensionRegistry, type IEditorExtensionFactory } from '@jupyterlab/codemirror';
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, type DecorationSet } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import { severityGlyph } from '../../model/findings';
import { isRepairable, sentences, type IMark } from './marks';

type Model = CodeEditor.IModel;
/** Tell of a mark beside a place of the screen. */
type Tell = (model: Model, mark: IMark, at: DOMRect) => void;

/** How far behind the text of a line its sign begins, and how wide it is at most, in pixels. */
const SIGN = [8, 90] as const;

const setMarks = StateEffect.define<readonly IMark[]>();

/** The editors that are built, and what each is to show. */
export class FindingMarks {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _tell: Tell
  ) {}

  readonly factory: IEditorExtensionFactory = {
    name: 'nbflow:findings',
    factory: ({ model, inline }) =>
      inline ? EditorExtensionRegistry.createImmutableExtension(this._extension(model)) : null
  };

  /** Show the marks in the editor of the model, now or when it is built. */
  set(model: Model, marks: readonly IMark[]): void {
    const before = this._wanted.get(model) ?? [];
    this._wanted.set(model, marks);
    // The same marks are set anew too: edits may have moved or removed what is shown.
    if (before.length + marks.length > 0) {
      this._views.get(model)?.forEach(view => view.dispatch({ effects: setMarks.of(marks) }));
    }
  }

  /** Tell of the mark at the cursor, else of the first one of the cell; false where there is none. */
  open(model: Model): boolean {
    const views = [...(this._views.get(model) ?? [])];
    const view = views.find(each => each.hasFocus) ?? views.at(0);
    const lines = view === undefined ? [] : [...placed(view.state.field(this._field(model)))];
    if (view === undefined || lines.length === 0) {
      return false;
    }
    const here = view.state.doc.lineAt(view.state.selection.main.head).from;
    const found = lines.find(each => each.from === here) ?? lines[0];
    this._open(model, view, found);
    return true;
  }

  private _open(model: Model, view: EditorView, { from, mark }: IPlaced): void {
    const at = view.coordsAtPos(view.state.doc.lineAt(from).to) ?? view.dom.getBoundingClientRect();
    this._tell(model, mark, new DOMRect(at.left, at.top, 0, at.bottom - at.top));
  }

  /** Whether the sign behind the text of a line was pressed. */
  private _pressed(event: MouseEvent, model: Model, view: EditorView): boolean {
    const line = (event.target as Element).closest('.jp-nbflow-FoundLine');
    if (line === null) {
      return false;
    }
    const { from, to } = view.state.doc.lineAt(view.posAtDOM(line));
    const found = [...placed(view.state.field(this._field(model)))].find(
      each => each.from === from
    );
    const end = view.coordsAtPos(to);
    if (!found || !end || event.clientY < end.top || event.clientY > end.bottom) {
      return false;
    }
    const behind = event.clientX - end.left;
    if (behind < SIGN[0] || behind > SIGN[1]) {
      return false;
    }
    this._open(model, view, found);
    return true;
  }

  private _extension(model: Model): Extension {
    const handlers = EditorView.domEventHandlers({
      mousedown: (event, view) => this._pressed(event, model, view)
    });
    return [this._field(model), handlers, this._register(model)];
  }

  private _field(model: Model): StateField<DecorationSet> {
    const known = this._fields.get(model);
    if (known !== undefined) {
      return known;
    }
    const field = StateField.define<DecorationSet>({
      create: state => this._decorate(state, this._wanted.get(model) ?? []),
      update: (shown, transaction) => {
        const fresh = transaction.effects.find(effect => effect.is(setMarks));
        return fresh
          ? this._decorate(transaction.state, fresh.value)
          : shown.map(transaction.changes);
      },
      provide: field => EditorView.decorations.from(field)
    });
    this._fields.set(model, field);
    return field;
  }

  /** Know the editors of the model as long as they are there: a notebook may have two views. */
  private _register(model: Model): Extension {
    return ViewPlugin.define(view => {
      const views = this._views.get(model) ?? new Set();
      this._views.set(model, views.add(view));
      return { destroy: () => void views.delete(view) };
    });
  }

  private _decorate(state: EditorState, marks: readonly IMark[]): DecorationSet {
    const found = [];
    for (const mark of marks) {
      if (mark.line > state.doc.lines) {
        continue;
      }
      const line = state.doc.line(mark.line);
      const indent = line.text.length - line.text.trimStart().length;
      const from = line.from + Math.min(Math.max(mark.column ?? 0, indent), line.length);
      if (mark.column !== null && from < line.to) {
        const name = `jp-nbflow-Underline jp-mod-${mark.severity}`;
        found.push(Decoration.mark({ class: name }).range(from, line.to));
      }
      found.push(this._line(mark).range(line.from));
    }
    return Decoration.set(found, true);
  }

  /**
   * The sign behind the text of the line. It is drawn by the style sheet: an element of its own within the text that is
   * edited may be taken for text by the browser.
   */
  private _line(mark: IMark): Decoration {
    const glyph = severityGlyph(mark.severity);
    const attributes = {
      title: sentences(mark, this._trans),
      'data-nbflow-sign': isRepairable(mark) ? `${glyph} ${this._trans.__('Fix…')}` : glyph
    };
    return Decoration.line({
      class: `jp-nbflow-FoundLine jp-mod-${mark.severity}`,
      attributes,
      mark
    });
  }

  private readonly _fields = new WeakMap<Model, StateField<DecorationSet>>();
  private readonly _wanted = new WeakMap<Model, readonly IMark[]>();
  private readonly _views = new WeakMap<Model, Set<EditorView>>();
}

interface IPlaced {
  readonly from: number;
  readonly mark: IMark;
}

/** The marks that are shown, with the beginnings of their lines. */
function* placed(shown: DecorationSet): Iterable<IPlaced> {
  for (const at = shown.iter(); at.value !== null; at.next()) {
    const mark = (at.value.spec as { mark?: IMark }).mark;
    if (mark !== undefined) {
      yield { from: at.from, mark };
    }
  }
}
