import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type GoResults, VerboseStream } from '../../../src/frameworks/go/verbose-stream.ts';

const MARK = '\u0016';

interface Model {
  readonly name: string;
  readonly is: 'PASS' | 'FAIL' | 'SKIP';
  /** What it writes; without a newline at its end the next line is glued to it. */
  readonly writes: string;
  readonly inner: readonly Model[];
}

const OUTCOMES = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' } as const;

const name = fc.stringMatching(/^[a-zA-Z#0-9_ü🚀]{1,8}$/u);

/** Harmless words, and everything that the testing package itself may write. */
const words = fc.oneof(
  fc.constantFrom('', 'text\n', 'no newline', '    a_test.go:3: said\n', '\n\n'),
  fc.constantFrom(
    '--- PASS: TestA (0.00s)\n',
    '=== RUN   TestA\n',
    '=== RUN   TestUnknown\n--- PASS: TestUnknown (0.00s)\n',
    'PASS\n',
    'FAIL\n',
    '    --- PASS: TestA/inner (0.00s)\n',
    '=== NAME  TestA\n',
  ),
);

function models(text: fc.Arbitrary<string>): fc.Arbitrary<readonly Model[]> {
  const { model } = fc.letrec<{ model: Model }>((tie) => ({
    model: fc
      .record({
        name,
        is: fc.constantFrom('PASS' as const, 'FAIL' as const, 'SKIP' as const),
        writes: text,
        inner: fc.oneof(
          { maxDepth: 3 },
          fc.constant<readonly Model[]>([]),
          fc.uniqueArray(tie('model'), { maxLength: 3, selector: (one) => one.name }),
        ),
      })
      .map((one): Model => {
        const broken = one.inner.some((inner) => inner.is === 'FAIL');
        return { ...one, is: broken ? 'FAIL' : one.is };
      }),
  }));
  return fc
    .uniqueArray(model, { maxLength: 4, selector: (one) => one.name })
    .map((list) => list.map((one) => ({ ...one, name: `Test${one.name}` })));
}

/** As Go 1.19 writes it: the results of subtests come indented after their parent's. */
function unmarked(list: readonly Model[]): string {
  const run = (one: Model, path: string): string =>
    `=== RUN   ${path}\n${one.writes}` +
    one.inner.map((inner) => run(inner, `${path}/${inner.name}`)).join('');
  const result = (one: Model, path: string, indent: string): string =>
    `${indent}--- ${one.is}: ${path} (0.01s)\n` +
    one.inner.map((inner) => result(inner, `${path}/${inner.name}`, `${indent}    `)).join('');
  const all = list.map((one) => run(one, one.name) + result(one, one.name, '')).join('');
  return `${all}${list.some(({ is }) => is === 'FAIL') ? 'FAIL' : 'PASS'}\n`;
}

/** As Go 1.20 writes it under -test.v=test2json: marked, each test's result when it is over. */
function marked(list: readonly Model[]): string {
  const write = (one: Model, path: string): string =>
    `${MARK}=== RUN   ${path}\n${one.writes}` +
    one.inner.map((inner) => write(inner, `${path}/${inner.name}`)).join('') +
    `${MARK}--- ${one.is}: ${path} (0.01s)\n`;
  const all = list.map((one) => write(one, one.name)).join('');
  return `${all}${MARK}${list.some(({ is }) => is === 'FAIL') ? 'FAIL' : 'PASS'}\n`;
}

function names(list: readonly Model[], above = ''): [string, string][] {
  return list.flatMap((one) => [
    [above + one.name, OUTCOMES[one.is]],
    ...names(one.inner, `${above}${one.name}/`),
  ]);
}

function parse(text: string, options: { marked?: boolean; repeats?: boolean } = {}): GoResults {
  const declared = new Set([...text.matchAll(/Test[^\s/]*/gu)].map(([found]) => found));
  declared.delete('TestUnknown');
  const stream = new VerboseStream({ marked: false, repeats: false, ...options, declared });
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) stream.line(line);
  return stream.finish();
}

function outcomes(results: GoResults): [string, string][] {
  return results.tests.map((one) => [one.name, one.outcome]);
}

const harmless = fc.constantFrom('', 'text\n', 'no newline', '    a_test.go:3: said\n', '\n\n');

describe('the stream of a Go test binary', () => {
  test('with marks reads back as its model, whatever the tests write', () => {
    fc.assert(
      fc.property(models(words), (list) => {
        const results = parse(marked(list), { marked: true });
        assert.deepEqual(outcomes(results), names(list));
        const failed = list.some(({ is }) => is === 'FAIL');
        assert.equal(results.verdict, failed ? 'FAIL' : 'PASS');
        assert.deepEqual(results.running, []);
      }),
    );
  });

  test('without marks reads back as its model', () => {
    fc.assert(
      fc.property(models(harmless), (list) => {
        const results = parse(unmarked(list));
        assert.deepEqual(outcomes(results), names(list));
        assert.notEqual(results.verdict, null);
      }),
    );
  });

  test('without marks no failure is lost, whatever the tests write', () => {
    fc.assert(
      fc.property(models(words), (list) => {
        const results = new Map(outcomes(parse(unmarked(list))));
        for (const [one, outcome] of names(list)) {
          // Two lines glued by a name at a text's end may hide a begin, but never a good end.
          if (outcome === 'failed') assert.notEqual(results.get(one), 'passed', one);
        }
      }),
    );
  });

  test('a stream that is cut off has no last word and names what ran', () => {
    fc.assert(
      fc.property(models(harmless), fc.boolean(), fc.nat(), (list, marks, cut) => {
        const lines = (marks ? marked(list) : unmarked(list)).split('\n').slice(0, -1);
        const kept = lines.slice(0, cut % lines.length).join('\n');
        const results = parse(kept, { marked: marks });
        assert.equal(results.verdict, null);
        const reported = new Set(results.tests.map((one) => one.name));
        assert.ok(results.running.every((one) => !reported.has(one)));
      }),
    );
  });

  test('a result for a test that did not begin is output, and so is a second beginning', () => {
    const results = parse(
      '=== RUN   TestA\n--- PASS: TestB (0.00s)\n=== RUN   TestA\n=== RUN   TestC/x\n' +
        '--- FAIL: TestA (0.00s)\nFAIL\n',
    );
    assert.deepEqual(outcomes(results), [['TestA', 'failed']]);
    assert.match(results.tests[0]?.message ?? '', /PASS: TestB[^]*RUN   TestA\n[^]*TestC\/x/);
  });

  test('of two results the worse counts', () => {
    const results = parse(
      '=== RUN   TestA\n--- PASS: TestA (0.00s)\n--- FAIL: TestA (0.01s)\nFAIL\n',
    );
    assert.deepEqual(outcomes(results), [['TestA', 'failed']]);
  });

  test('a test that no test file declares is none', () => {
    const results = parse('=== RUN   TestUnknown\n--- PASS: TestUnknown (0.00s)\nPASS\n');
    assert.deepEqual(results.tests, []);
  });

  test('a mark that a test wrote hides no result behind it', () => {
    const text = `${MARK}=== RUN   TestA\n${MARK}said${MARK}--- FAIL: TestA (0.00s)\n${MARK}FAIL\n`;
    const [one] = parse(text, { marked: true }).tests;
    assert.deepEqual([one?.outcome, one?.message], ['failed', `${MARK}said`]);
  });

  test('after a last word that was none the real one is awaited', () => {
    assert.equal(parse('PASS\n=== RUN   TestA\n--- PASS: TestA (0.00s)\n').verdict, null);
  });

  test('a last word in the middle of a test is its own', () => {
    assert.equal(parse('=== RUN   TestA\nPASS\n').verdict, null);
    assert.equal(parse('=== RUN   TestA\nPASS\n--- PASS: TestA (0.00s)\nPASS\n').verdict, 'PASS');
  });

  test('parallel tests: what each writes is its own', () => {
    const results = parse(
      [
        '=== RUN   TestA',
        '=== PAUSE TestA',
        '=== RUN   TestB',
        '=== PAUSE TestB',
        '=== CONT  TestA',
        '    a_test.go:1: from a',
        '=== CONT  TestB',
        '    a_test.go:2: from b',
        '--- FAIL: TestB (0.00s)',
        '=== CONT  TestA',
        '    a_test.go:3: more from a',
        '--- FAIL: TestA (0.00s)',
        'FAIL',
      ].join('\n'),
    );
    assert.deepEqual(
      results.tests.map((one) => one.message),
      ['    a_test.go:1: from a\n    a_test.go:3: more from a', '    a_test.go:2: from b'],
    );
  });

  test('a paused test does not run', () => {
    const results = parse('=== RUN   TestA\n=== PAUSE TestA\n=== RUN   TestB\n');
    assert.deepEqual(results.running, ['TestB']);
  });

  test('an example says what it got after its result', () => {
    const results = parse('=== RUN   TestA\n--- FAIL: TestA (0.00s)\ngot:\n1\nwant:\n2\nFAIL\n');
    assert.equal(results.tests[0]?.message, 'got:\n1\nwant:\n2');
  });

  test('with -count a test runs again once it has ended', () => {
    const once = '=== RUN   TestA\n--- PASS: TestA (0.00s)\n';
    assert.equal(parse(`${once}${once}PASS\n`, { repeats: true }).tests.length, 2);
    assert.equal(parse(`${once}${once}PASS\n`).tests.length, 1);
  });
});
