import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { LibtestLog, type RustTest } from '../../../src/frameworks/cargo/libtest-log.ts';
import { DocResults, Sections, announced } from '../../../src/frameworks/cargo/libtest-output.ts';

const word = { passed: 'ok', failed: 'failed', skipped: 'ignored' } as const;

const identifier = fc.stringMatching(/^[a-zäß数_][a-z0-9_]{0,6}$/u);

// A note's own lines that look like entries can't be told from entries: no text of a real one does.
const note = fc
  .array(fc.stringMatching(/^[ -~ü]{0,20}$/u), { maxLength: 3 })
  .map((lines) => lines.join('\n').trim())
  .filter((text) => !/^(?:ok|failed|ignored)[ :]/m.test(text));

const entry = fc.record({
  name: fc.array(identifier, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('::')),
  outcome: fc.constantFrom('passed' as const, 'failed' as const, 'skipped' as const),
  note,
});

function readLog(text: string): readonly RustTest[] {
  const log = new LibtestLog();
  for (const line of text.split('\n')) log.line(line);
  return log.finish();
}

describe('libtest’s log', () => {
  test('reads back as what was written', () => {
    const entries = fc.uniqueArray(entry, { maxLength: 8, selector: ({ name }) => name });
    fc.assert(
      fc.property(entries, (list) => {
        const text = list
          .map(({ name, outcome, note: why }) =>
            why === '' || outcome === 'passed'
              ? `${word[outcome]} ${name}\n`
              : `${word[outcome]}: ${why} ${name}\n`,
          )
          .join('');
        const expected = list.map(({ name, outcome, note: why }) => ({
          name,
          outcome,
          note: why === '' || outcome === 'passed' ? null : why,
        }));
        expected.sort((a, b) => (a.name < b.name ? -1 : 1));
        assert.deepEqual(readLog(text), expected);
      }),
    );
  });

  test('no input makes it throw', () => {
    const piece = fc.constantFrom('ok', 'failed', 'ignored', ':', ' ', '\n', 'a::b', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        readLog(pieces.join(''));
      }),
    );
  });
});

describe('libtest’s output', () => {
  test('what failed tests said, and nothing for names that did not fail', () => {
    const sections = new Sections(['a', 'b::c']);
    const text = [
      'running 3 tests',
      'failures:',
      '',
      '---- a stdout ----',
      'said by a',
      '---- other stdout ----',
      '',
      '---- b::c stdout ----',
      'said by c',
      'failures:',
      '---- b::c stdout ----',
      'and at last',
      '',
      'failures:',
      '    a',
      '    b::c',
      '',
      'test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out',
      '',
    ].join('\n');
    for (const line of text.split('\n')) sections.line(line);
    assert.equal(sections.text('a'), 'said by a\n---- other stdout ----');
    assert.equal(sections.text('b::c'), 'said by c\nfailures:\n---- b::c stdout ----\nand at last');
    assert.equal(sections.text('other'), null);
  });

  test('of a long text its end', () => {
    const sections = new Sections(['a']);
    sections.line('---- a stdout ----');
    for (let n = 0; n < 5_000; n++) sections.line('x'.repeat(50));
    sections.line('the panic');
    assert.ok(sections.text('a')?.endsWith('\nthe panic'));
    assert.ok((sections.text('a')?.length ?? 0) <= 65_536);
  });

  test('how many tests there are to be', () => {
    assert.equal(announced('running 12 tests'), 12);
    assert.equal(announced('running 1 test'), 1);
    assert.equal(announced('running 1 test of mine'), null);
  });
});

describe('rustdoc’s results', () => {
  test('all blocks, and nothing of what a doc test printed', () => {
    const results = new DocResults();
    const text = `
running 3 tests
test src/lib.rs - (line 1) ... ok
test src/lib.rs - a::b (line 4) - should panic ... FAILED
test src/lib.rs - a (line 8) ... ignored

failures:

---- src/lib.rs - a::b (line 4) stdout ----
test src/lib.rs - fake (line 3) ... ok

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.13s

running 1 test
test src/lib.rs - z (line 11) - compile fail ... ok
`;
    for (const line of text.split('\n')) results.line(line);
    assert.deepEqual(
      results.finish().tests.map(({ name, outcome }) => [name, outcome]),
      [
        ['src/lib.rs - (line 1)', 'passed'],
        ['src/lib.rs - a (line 8)', 'skipped'],
        ['src/lib.rs - a::b (line 4)', 'failed'],
        ['src/lib.rs - z (line 11)', 'passed'],
      ],
    );
  });
});
