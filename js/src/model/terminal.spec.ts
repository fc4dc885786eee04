import { describe, expect, it } from 'vitest';

import { inSight, rowsOf } from './scrolled';
import { firstFrom, marked, matches, MOST_MATCHES } from './search';
import { BLOCK, linesOf, Terminal, textOf } from './terminal';

const shown = (terminal: Terminal) => terminal.lines.map(textOf);

describe('a terminal', () => {
  it.each([
    ['a\nb', ['a', 'b']],
    ['a\n', ['a']],
    ['\n\na', ['', '', 'a']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['10%\r50%\r100%', ['100%']],
    ['abc\rX', ['Xbc']],
    ['abc\rX\x1b[K', ['X']],
    ['abc\x1b[2K\rX', ['X']],
    ['abc\b\bX', ['aXc']],
    ['one\ntwo\x1b[A\rONE\nTWO', ['ONE', 'TWO']],
    ['a\x1b[99A\rb', ['b']],
    ['a\tb', ['a       b']],
    ['\x1b[4Gx', ['   x']],
    ['\x1b]0;a title\x07text', ['text']],
    ['\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', ['link']],
    ['bell\x07\x00', ['bell']],
    ['\x1b(Bplain', ['plain']],
    ['\x1b[?25lhidden', ['hidden']]
  ])('shows %j', (text, expected) => {
    expect(linesOf(text).map(textOf)).toEqual(expected);
  });

  it('shows the same however the text is cut', () => {
    const text = '\x1b[31mred\x1b[0m a\rb\n\x1b[1;38;5;208mx\x1b[m\x1b]0;t\x07y\n';
    const whole = linesOf(text);
    for (let at = 1; at < text.length; at++) {
      const terminal = new Terminal();
      terminal.write(text.slice(0, at));
      terminal.write(text.slice(at));
      expect(terminal.lines.map(each => each.parts)).toEqual(whole.map(each => each.parts));
    }
  });

  it.each([
    ['\x1b[31m', { classes: 'ansi-red-fg' }],
    ['\x1b[1;92m', { classes: 'ansi-green-intense-fg ansi-bold' }],
    ['\x1b[7m', { classes: 'ansi-default-inverse-fg ansi-default-inverse-bg' }],
    ['\x1b[31;7m', { classes: 'ansi-default-inverse-fg ansi-red-bg' }],
    ['\x1b[38;5;9m', { classes: 'ansi-red-intense-fg' }],
    ['\x1b[38;5;208m', { classes: '', color: 'rgb(255, 135, 0)' }],
    ['\x1b[48;5;255m', { classes: '', background: 'rgb(238, 238, 238)' }],
    ['\x1b[38;2;1;2;300m', { classes: '', color: 'rgb(1, 2, 255)' }],
    ['\x1b[31m\x1b[39m', { classes: '' }],
    ['\x1b[4;31;0m', { classes: '' }]
  ])('has the ink of %j', (text, ink) => {
    expect(linesOf(`${text}x`)[0].parts[0].ink).toEqual(ink);
  });

  it('begins anew with each cell, and no cell writes into another', () => {
    const terminal = new Terminal();
    terminal.write('\x1b[31mred', 'a');
    terminal.write('\x1b[9A\rplain\n', 'b', 'stderr');
    terminal.write('more\n', 'b');
    const found = terminal.lines.map(each => [textOf(each), each.cell, each.first, each.stream]);
    expect(found).toEqual([
      ['red', 'a', true, 'stdout'],
      ['plain', 'b', true, 'stderr'],
      ['more', 'b', false, 'stdout']
    ]);
    expect(terminal.lines[1].parts[0].ink.classes).toBe('');
  });

  it('breaks a line that is too long', () => {
    expect(linesOf('x'.repeat(10_000)).map(each => textOf(each).length)).toEqual([
      4096, 4096, 1808
    ]);
  });

  it('drops the oldest lines, and counts them', () => {
    const terminal = new Terminal();
    const line = `${'x'.repeat(99)}\n`;
    for (let piece = 0; piece < 40; piece++) {
      terminal.write(line.repeat(1000), 'a');
    }
    expect(terminal.dropped).toBeGreaterThan(20_000);
    expect(terminal.dropped % BLOCK).toBe(0);
    expect(terminal.dropped + terminal.lines.length).toBe(40_000);
  });

  it('tells which block has changed', () => {
    const terminal = new Terminal();
    terminal.write('x\n'.repeat(BLOCK), 'a');
    const [first, second] = [terminal.version(0), terminal.version(1)];
    terminal.write('y', 'a');
    expect(terminal.version(0)).toBe(first);
    expect(terminal.version(1)).toBeGreaterThan(second);
  });

  it('takes a MiB of short lines in less than a second', () => {
    const before = performance.now();
    const terminal = new Terminal();
    const text = 'epoch 12 loss 0.12\n'.repeat(500);
    for (let size = 0; size < 1 << 20; size += text.length) {
      terminal.write(text, 'a');
    }
    expect(shown(terminal).length).toBeGreaterThan(50_000);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('search', () => {
  const lines = linesOf('Error: one\n\x1b[31merr\x1b[0mor, error\nnone\nERROR');
  it.each([
    ['', []],
    ['error', ['0:0', '1:0', '1:7', '3:0']],
    ['Error', ['0:0']],
    ['zz', []]
  ])('finds %j', (text, expected) => {
    expect(matches(lines, text).map(each => `${each.line}:${each.start}`)).toEqual(expected);
  });

  it('has an end', () => {
    expect(matches(linesOf('a'.repeat(4000) + '\n' + 'a'.repeat(9000)), 'a')).toHaveLength(
      MOST_MATCHES
    );
  });

  it('marks what it has found, across colours', () => {
    const found = matches(lines, 'error').filter(each => each.line === 1);
    const shown = marked(lines[1].parts, found).map(each => [
      each.text,
      each.ink.classes,
      each.match?.start
    ]);
    expect(shown).toEqual([
      ['err', 'ansi-red-fg', 0],
      ['or', '', 0],
      [', ', '', undefined],
      ['error', '', 7]
    ]);
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 3],
    [4, 4]
  ])('begins at line %d with match %d', (line, match) => {
    expect(firstFrom(matches(lines, 'error'), line)).toBe(match);
  });
});

it.each([
  [[], 0, 100, [0, 0, 0, 0]],
  [[100, 100, 100], 0, 50, [0, 1, 0, 200]],
  [[100, 100, 100], 150, 250, [1, 3, 100, 0]],
  [[100, 100, 100], 100, 200, [1, 2, 100, 100]],
  [[100, 100, 100], 900, 999, [2, 3, 200, 0]]
])('in sight of %j from %d to %d', (heights, top, bottom, expected) => {
  const { from, to, above, below } = inSight(heights, top, bottom);
  expect([from, to, above, below]).toEqual(expected);
});

it('counts rows', () => {
  const lines = [0, 1, 80, 81, 400].map(length => ({ length }));
  expect(rowsOf(lines, 80)).toBe(1 + 1 + 1 + 2 + 5);
  expect(rowsOf(lines, Infinity)).toBe(5);
});
