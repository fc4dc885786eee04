import { describe, expect, it } from 'vitest';

import type { CellMarks, StepSettings } from '../../schema';
import { devices, FIELDS, inherited, kindOf, type FieldName } from './fields';

const NOTHING: CellMarks = {
  role: 'step',
  step: 'train',
  after: [],
  image: '',
  cpu_limit: '',
  cpu_request: '',
  memory_limit: '',
  memory_request: '',
  devices: [],
  retry: null,
  timeout: '',
  cache: null,
  report: null,
  env: [],
  labels: [],
  annotations: [],
  others: [],
  foreign: []
};

function field(name: FieldName) {
  return FIELDS.find(each => each.name === name)!;
}

describe('fields', () => {
  it.each<[FieldName, Partial<CellMarks>, string]>([
    ['image', { image: 'python:3.12' }, 'python:3.12'],
    ['cpu_request', { cpu_request: '500m', cpu_limit: '2' }, '500m'],
    ['memory_limit', { memory_limit: '4Gi' }, '4Gi'],
    ['gpu', { devices: [{ kind: 'amd.com/gpu', count: '2' }] }, '2'],
    ['retry', { retry: { times: 0, wait: '', factor: null } }, '0'],
    ['wait', { retry: { times: 2, wait: '30s', factor: 3 } }, '30s'],
    ['timeout', { timeout: '10m' }, '10m'],
    ['cache', { cache: false }, 'disabled'],
    ['cache', {}, '']
  ])('%s of %j', (name, marks, text) => {
    expect(field(name).of({ ...NOTHING, ...marks })).toBe(text);
  });

  const tries = { retry: { times: 2, wait: '30s', factor: 3 } };
  it.each<[FieldName, string, Partial<CellMarks>, object]>([
    ['image', 'python:3.12', {}, { image: 'python:3.12' }],
    ['image', '', {}, { image: null }],
    ['cpu_limit', '2', {}, { cpu_limit: '2' }],
    ['retry', '5', tries, { retry: { times: 5, wait: '30s', factor: 3 } }],
    ['retry', '5', {}, { retry: { times: 5, wait: '', factor: null } }],
    ['retry', '', tries, { retry: null }],
    ['wait', '', tries, { retry: { times: 2, wait: '', factor: null } }],
    ['wait', '10s', {}, { retry: { times: 1, wait: '10s', factor: null } }],
    ['cache', 'enabled', {}, { cache: true }],
    ['cache', '', { cache: true }, { cache: null }]
  ])('%s becomes "%s"', (name, text, marks, change) => {
    expect(field(name).change(text, { ...NOTHING, ...marks })).toEqual(change);
  });

  it('changes the first kind of device and keeps the others', () => {
    const both = [
      { kind: 'nvidia.com/gpu', count: '1' },
      { kind: 'nvidia.com/mig-1g.5gb', count: '2' }
    ];
    const marks = { ...NOTHING, devices: both };
    expect(devices('3', 'nvidia.com/gpu', marks)).toEqual({
      devices: [{ kind: 'nvidia.com/gpu', count: '3' }, both[1]]
    });
    expect(devices('', 'nvidia.com/gpu', marks)).toEqual({ devices: [both[1]] });
    expect(devices('', 'nvidia.com/gpu', { ...marks, devices: [both[0]] })).toEqual({
      devices: null
    });
    expect(devices('1', 'amd.com/gpu', { ...marks, devices: [both[0]] })).toEqual({
      devices: [{ kind: 'amd.com/gpu', count: '1' }]
    });
  });

  it('says where a value comes from that the cell does not have', () => {
    const settings: StepSettings = {
      step: 'train',
      own: { ...NOTHING, cpu_limit: '2' },
      inherited: {
        ...NOTHING,
        cpu_limit: '1',
        image: 'python:3.11',
        devices: [{ kind: 'amd.com/gpu', count: '1' }]
      }
    };
    expect(inherited(field('cpu_limit'), settings)).toEqual({ value: '2', byNotebook: false });
    expect(inherited(field('image'), settings)).toEqual({ value: 'python:3.11', byNotebook: true });
    expect(inherited(field('timeout'), settings).value).toBe('');
    expect(inherited(field('timeout'), null).value).toBe('');
    expect(kindOf(NOTHING, settings)).toBe('amd.com/gpu');
    expect(kindOf(NOTHING, null)).toBe('nvidia.com/gpu');
  });
});
