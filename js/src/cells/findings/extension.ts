// Findings in the editors of cells: the line is underlined, and a button at its end tells more.

import type { CodeEditor } from '@jupyterlab/codeeditor';
import { EditorExtensionRegistry, type IEditorExtensionFactory } from '@jupyterlab/codemirror';
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  ViewPlugin,
  WidgetType,
  type DecorationSet
} from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isRepairable, sameMarks, sentences, severityGlyph, type IMark } from './marks';

type Model = CodeEditor.IModel;
/** Tell of a mark at the place of a button. */
type Tell = (model: Model, mark: IMark, anchor: HTMLElement) => void;

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
      this._views.get(model)?.dispatch({ effects: setMarks.of(marks) });
    }
  }

  /** Tell of the mark at the cursor, else of the first one of the cell; false where there is none. */
  open(model: Model): boolean {
    const view = this._views.get(model);
    const buttons = [...(view?.dom.querySelectorAll<HTMLElement>('.jp-nbflow-Bulb') ?? [])];
    if (view === undefined || buttons.length === 0) {
      return false;
    }
    const line = (place: number) => view.state.doc.lineAt(place).number;
    const here = line(view.state.selection.main.head);
    const found = buttons.find(button => line(view.posAtDOM(button)) === here);
    (found ?? buttons[0]).click();
    return true;
  }

  private _extension(model: Model): Extension {
    const field = StateField.define<DecorationSet>({
      create: state => this._decorate(state, model, this._wanted.get(model) ?? []),
      update: (shown, transaction) => {
        const fresh = transaction.effects.find(effect => effect.is(setMarks));
        return fresh
          ? this._decorate(transaction.state, model, fresh.value)
          : shown.map(transaction.changes);
      },
      provide: field => EditorView.decorations.from(field)
    });
    const plugin = ViewPlugin.define(view => {
      this._views.set(model, view);
      return {
        destroy: () => {
          if (this._views.get(model) === view) {
            this._views.delete(model);
          }
        }
      };
    });
    return [field, plugin];
  }

  private _decorate(state: EditorState, model: Model, marks: readonly IMark[]): DecorationSet {
    const found = [];
    for (const mark of marks) {
      if (mark.line > state.doc.lines) {
        continue;
      }
      const line = state.doc.line(mark.line);
      const indent = line.text.length - line.text.trimStart().length;
      const from = line.from + Math.min(Math.max(mark.column ?? 0, indent), line.length);
      const title = sentences(mark, this._trans);
      if (mark.column !== null && from < line.to) {
        const attributes = { title };
        const name = `jp-nbflow-Underline jp-mod-${mark.severity}`;
        found.push(Decoration.mark({ class: name, attributes }).range(from, line.to));
      }
      const widget = new Bulb(mark, title, this._trans, anchor => this._tell(model, mark, anchor));
      found.push(Decoration.widget({ widget, side: 1 }).range(line.to));
    }
    return Decoration.set(found, true);
  }

  private readonly _wanted = new WeakMap<Model, readonly IMark[]>();
  private readonly _views = new Map<Model, EditorView>();
}

/** The button at the end of a line that has findings. */
class Bulb extends WidgetType {
  constructor(
    private readonly _mark: IMark,
    private readonly _title: string,
    private readonly _trans: TranslationBundle,
    private readonly _tell: (anchor: HTMLElement) => void
  ) {
    super();
  }

  override eq(other: Bulb): boolean {
    return sameMarks([this._mark], [other._mark]);
  }

  override toDOM(): HTMLElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `jp-nbflow-Bulb jp-mod-${this._mark.severity}`;
    button.contentEditable = 'false';
    button.title = this._title;
    button.setAttribute('aria-label', this._title);
    button.setAttribute('aria-haspopup', 'dialog');
    button.textContent = severityGlyph(this._mark.severity);
    if (isRepairable(this._mark)) {
      button.append(` ${this._trans.__('Fix…')}`);
    }
    button.onmousedown = event => event.preventDefault();
    button.onclick = () => this._tell(button);
    return button;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
