import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { formatDuration, formatElapsed } from '../../../src/report/duration.ts';
import { rerunCommand } from '../../../src/report/rerun-command.ts';
import { capabilities } from '../../../src/report/terminal/capabilities.ts';
import { sanitiseLine } from '../../../src/report/terminal/sanitise.ts';
import { cutEnd, cutStart, textWidth } from '../../../src/report/terminal/width.ts';
import { hostileText } from '../arbitrary-run.ts';

const USUAL = { LANG: 'en_GB.UTF-8', TERM: 'xterm-256color' };

describe('capabilities', () => {
  const cases = [
    ['a terminal', {}, true, { live: true, colour: true, unicode: true }],
    ['a pipe', {}, false, { live: false, colour: false, unicode: true }],
    ['CI on a terminal', { CI: 'true' }, true, { live: false, colour: true, unicode: true }],
    ['CI switched off', { CI: 'false' }, true, { live: true, colour: true, unicode: true }],
    ['NO_COLOR', { NO_COLOR: '1' }, true, { live: true, colour: false, unicode: true }],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, { live: true, colour: true, unicode: true }],
    [
      'FORCE_COLOR on a pipe',
      { FORCE_COLOR: '1' },
      false,
      { live: false, colour: true, unicode: true },
    ],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, { live: true, colour: false, unicode: true }],
    [
      'both',
      { FORCE_COLOR: '', NO_COLOR: '1' },
      false,
      { live: false, colour: true, unicode: true },
    ],
    ['a dumb terminal', { TERM: 'dumb' }, true, { live: false, colour: false, unicode: false }],
    ['an unknown terminal', { TERM: '' }, true, { live: false, colour: false, unicode: true }],
    ['the console', { TERM: 'linux' }, true, { live: true, colour: true, unicode: false }],
    ['the C locale', { LC_ALL: 'C' }, true, { live: true, colour: true, unicode: false }],
    ['an empty LC_ALL', { LC_ALL: '' }, true, { live: true, colour: true, unicode: true }],
  ] as const;
  for (const [what, env, isTTY, expected] of cases) {
    test(what, () => {
      assert.deepEqual(capabilities({ ...USUAL, ...env }, isTTY), expected);
    });
  }
  test('no locale at all', () => {
    assert.equal(capabilities({}, true).unicode, true);
  });
});

describe('sanitiseLine', () => {
  test('leaves nothing that moves the cursor, ends the line, hides or reorders', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const clean = sanitiseLine(text);
        assert.doesNotMatch(
          clean,
          /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u,
        );
        assert.doesNotMatch(clean, /##[a-z]*\[/i);
      }),
      { numRuns: 1000 },
    );
  });

  test('shows what it took out, and leaves text alone', () => {
    assert.equal(sanitiseLine('a\u202Eb\u0007\tc'), 'a\\u{202e}b\\u{7}  c');
    assert.equal(sanitiseLine('\u001B[31mred\u001B[0m'), 'red');
    assert.equal(sanitiseLine('##[error]x ##vso[task] # ##'), '# #[error]x # #vso[task] # ##');
    for (const text of ['é', '日本', '👩‍👧', 'مرحبا', 'नमस्ते', 'a > b']) {
      assert.equal(sanitiseLine(text), text);
    }
  });
});

describe('width', () => {
  test('counts columns', () => {
    for (const [text, width] of [
      ['abc', 3],
      ['日本', 4],
      ['e\u0301', 1],
      ['❤️', 2],
      ['', 0],
    ] as const) {
      assert.equal(textWidth(text), width, text);
    }
  });

  test('a cut text fits, keeps its end or its beginning, and a short one is left alone', () => {
    fc.assert(
      fc.property(hostileText.map(sanitiseLine), fc.nat({ max: 30 }), (text, columns) => {
        for (const cut of [cutEnd(text, columns, '…'), cutStart(text, columns, '…')]) {
          assert.ok(textWidth(cut) <= columns);
          if (textWidth(text) <= columns && text.length <= columns) assert.equal(cut, text);
        }
        assert.ok(text.startsWith(cutEnd(text, columns, '…').replace(/…$/, '')));
        assert.ok(text.endsWith(cutStart(text, columns, '…').replace(/^…/, '')));
      }),
      { numRuns: 1000 },
    );
  });

  test('a heap of marks does not pass for a short text', () => {
    assert.ok(cutEnd(`a${'\u0301'.repeat(10_000)}`, 10, '…').length <= 50);
  });
});

describe('durations', () => {
  test('for people', () => {
    for (const [ms, text] of [
      [0, '0 ms'],
      [999.4, '999 ms'],
      [999.6, '1.0 s'],
      [12_345, '12.3 s'],
      [59_949, '59.9 s'],
      [59_950, '1m 00s'],
      [125_000, '2m 05s'],
      [3_720_000, '1h 02m'],
    ] as const) {
      assert.equal(formatDuration(ms), text);
    }
    assert.equal(formatElapsed(59_999), '59s');
    assert.equal(formatElapsed(60_000), '1m 00s');
  });
});

describe('rerunCommand', () => {
  test('is one that a shell reads as the same paths', () => {
    const paths = ['test/日本.js', "it's.js", 'a b', '-x', '$(id)', 'a\u202Eb', 'C#', '##[x]', ''];
    assert.deepEqual(rerunCommand(paths, 11), {
      command: `pindown run test/日本.js 'it'\\''s.js' 'a b' ./-x '$(id)' $'a\\xe2\\x80\\xaeb' 'C#' $'\\x23\\x23[x]' ''`,
      left: 2,
    });
    assert.equal(rerunCommand([], 0), null);
    const again = {
      before: ['--framework', 'command'],
      after: ['--', 'sh', '-c', 'exec "$0"', '{unit}'],
    };
    assert.equal(
      rerunCommand(['-a'], 1, again)?.command,
      `pindown run --framework command ./-a -- sh -c 'exec "$0"' '{unit}'`,
    );
  });
});
