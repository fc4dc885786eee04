import { describe, expect, it } from 'vitest';

import type { Parameter } from '../schema';
import { ParametersModel, reading, shown } from './parameters';

describe('reading', () => {
  it.each([
    ['int', ' 4 ', { value: '4' }],
    ['int', '-3', { value: '-3' }],
    ['int', '4.0', { problem: 'int' }],
    ['int', '9007199254740993', { value: '9007199254740993' }],
    ['int', '', { problem: 'int' }],
    ['float', '1e-3', { value: '1e-3' }],
    ['float', '-0.0', { value: '-0.0' }],
    ['float', '1e999', { problem: 'float' }],
    ['float', '0x10', { problem: 'float' }],
    ['str', ' a b', { value: ' a b' }],
    ['bool', 'True', { value: true }],
    ['bool', 'no', { problem: 'bool' }],
    ['list', ' [1.0, "a"]', { value: '[1.0, "a"]' }],
    ['list', '{}', { problem: 'list' }],
    ['dict', '{"a": 1}', { value: '{"a": 1}' }],
    ['dict', '[]', { problem: 'dict' }],
    ['dict', 'null', { problem: 'dict' }],
    ['None', 'null', { value: 'null' }],
    ['', 'x', { problem: 'json' }]
  ])('%s %j', (type, text, expected) => {
    expect(reading(type, text)).toEqual(expected);
  });

  it.each([
    ['int', 4, '4'],
    ['float', 0.1, '0.1'],
    ['float', -0, '-0.0'],
    ['str', 'a "b"', 'a "b"'],
    ['bool', false, false],
    ['list', [1, [2]], '[1,[2]]'],
    ['dict', { a: null }, '{"a":null}'],
    ['None', null, 'null']
  ])('gives back what is shown of %s %j', (type, value, expected) => {
    expect(reading(type, shown(type, value))).toEqual({ value: expected });
  });
});

function parameter(name: string, type: string, value: unknown, computed = false): Parameter {
  const location = { cell: 'c', number: 1, line: 1, column: 0 };
  return { name, type, default: value, location, annotation: '', computed };
}

describe('ParametersModel', () => {
  it('gives only what was entered, and keeps it as long as the type stays', () => {
    const model = new ParametersModel();
    const depth = parameter('depth', 'int', 4);
    model.update([depth, parameter('rate', 'float', 0.1), parameter('twice', 'int', null, true)]);
    expect(model.fields.map(each => each.name)).toEqual(['depth', 'rate']);
    expect(model.values).toEqual({});

    model.enter(depth, '8');
    expect(model.values).toEqual({ depth: '8' });
    model.update([parameter('depth', 'int', 5)]);
    expect(model.values).toEqual({ depth: '8' });
    model.update([parameter('depth', 'str', 'deep')]);
    expect(model.values).toEqual({});
  });

  it('takes names that are those of any object', () => {
    const model = new ParametersModel();
    const names = ['constructor', 'toString', '__proto__'];
    const fields = names.map(name => parameter(name, 'int', 1));
    model.update(fields);
    model.fill({});
    expect(JSON.stringify(model.values)).toBe('{}');
    fields.forEach(each => model.enter(each, '2'));
    expect(JSON.stringify(model.values)).toBe('{"constructor":"2","toString":"2","__proto__":"2"}');
  });

  it('tells which field is wrong', () => {
    const model = new ParametersModel();
    const depth = parameter('depth', 'int', 4);
    model.update([depth]);
    model.enter(depth, 'deep');
    expect(model.wrong).toBe(depth);
    expect(model.problem(depth)).toBe('int');
    model.reset(depth);
    expect(model.wrong).toBeNull();
    expect(model.text(depth)).toBe('4');
  });
});
