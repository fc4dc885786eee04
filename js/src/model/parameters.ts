// Parameters as a form holds them: a text for each, read by the type of its default.

import { Signal, type ISignal } from '@lumino/signaling';

import type { Parameter } from '../schema';

export type Value = unknown;

/** What a text means: a value, or a reason why it is none. */
export type Reading = { readonly value: Value } | { readonly problem: Problem };

/** Why a text is no value of its type. */
export type Problem = 'int' | 'float' | 'bool' | 'list' | 'dict' | 'json';

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The value that a text means for a parameter of this type, as it is sent. It is the text itself where the server reads it
 * as that type: a number of this language has fewer digits than one of Python, and 1.0 is 1.
 */
export function reading(type: string, text: string): Reading {
  const trimmed = text.trim();
  switch (type) {
    case 'str':
      return { value: text };
    case 'int':
      return INTEGER.test(trimmed) ? { value: trimmed } : { problem: 'int' };
    case 'float':
      return NUMBER.test(trimmed) && Number.isFinite(Number(trimmed))
        ? { value: trimmed }
        : { problem: 'float' };
    case 'bool':
      return /^(true|false)$/i.test(trimmed)
        ? { value: trimmed.toLowerCase() === 'true' }
        : { problem: 'bool' };
    case 'list':
      return json(trimmed, 'list', Array.isArray);
    case 'dict':
      return json(trimmed, 'dict', value => isObject(value));
    default:
      return json(trimmed, 'json', () => true);
  }
}

function json(text: string, problem: Problem, fits: (value: unknown) => boolean): Reading {
  try {
    return fits(JSON.parse(text)) ? { value: text } : { problem };
  } catch {
    return { problem };
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text that stands for a value in a field. */
export function shown(type: string, value: Value): string {
  if (type === 'bool') {
    return value ? 'True' : 'False';
  }
  if (Object.is(value, -0)) {
    return '-0.0';
  }
  return type === 'str' ? String(value) : JSON.stringify(value);
}

/** The parameters of one notebook, with what the user has entered. */
export class ParametersModel {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Those that can be given: a computed one follows from the others. */
  get fields(): readonly Parameter[] {
    return this._parameters.filter(each => !each.computed);
  }

  /** Those that follow from others. */
  get computed(): readonly Parameter[] {
    return this._parameters.filter(each => each.computed);
  }

  /** Take the parameters of a new analysis; what was entered stays where name and type do. */
  update(parameters: readonly Parameter[]): void {
    const types = new Map(parameters.map(each => [each.name, each.type]));
    const known = new Map(this._parameters.map(each => [each.name, each.type]));
    for (const name of this._entered.keys()) {
      if (types.get(name) === undefined || types.get(name) !== known.get(name)) {
        this._entered.delete(name);
      }
    }
    this._parameters = parameters;
    this._changed.emit();
  }

  /** The text of a field: what was entered, else the default. */
  text(parameter: Parameter): string {
    return this._entered.get(parameter.name) ?? shown(parameter.type, parameter.default);
  }

  isEntered(parameter: Parameter): boolean {
    return this._entered.has(parameter.name);
  }

  enter(parameter: Parameter, text: string): void {
    if (text === shown(parameter.type, parameter.default)) {
      this._entered.delete(parameter.name);
    } else {
      this._entered.set(parameter.name, text);
    }
    this._changed.emit();
  }

  /** Enter these values, and of all others the defaults. */
  fill(values: Record<string, Value>): void {
    this._entered.clear();
    for (const each of this.fields) {
      if (Object.hasOwn(values, each.name)) {
        const text = shown(each.type, values[each.name]);
        if (text !== shown(each.type, each.default)) {
          this._entered.set(each.name, text);
        }
      }
    }
    this._changed.emit();
  }

  reset(parameter: Parameter): void {
    this._entered.delete(parameter.name);
    this._changed.emit();
  }

  problem(parameter: Parameter): Problem | null {
    if (!this.isEntered(parameter)) {
      return null;
    }
    const read = reading(parameter.type, this.text(parameter));
    return 'problem' in read ? read.problem : null;
  }

  /** The first field whose text is no value, or null. */
  get wrong(): Parameter | null {
    return this.fields.find(each => this.problem(each) !== null) ?? null;
  }

  /** What was entered, by name; defaults are left to the notebook. */
  get values(): Record<string, Value> {
    const values: [string, Value][] = [];
    for (const each of this.fields) {
      if (this.isEntered(each)) {
        const read = reading(each.type, this.text(each));
        if ('value' in read) {
          values.push([each.name, read.value]);
        }
      }
    }
    return Object.fromEntries(values);
  }

  private _parameters: readonly Parameter[] = [];
  private readonly _entered = new Map<string, string>();
  private readonly _changed = new Signal<this, void>(this);
}
