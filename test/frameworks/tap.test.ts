import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { TapTest } from '../../src/frameworks/tap-level.ts';
import { type TapDocument, TapParser } from '../../src/frameworks/tap.ts';

function parse(text: string): TapDocument {
  const parser = new TapParser();
  for (const line of text.split('\n')) parser.line(line);
  return parser.finish();
}

function outcomes(text: string): (readonly [string, string])[] {
  return parse(text).tests.map(({ name, outcome }) => [name.join(' > '), outcome]);
}

/** A document as a program means it. */
type Model =
  | { readonly kind: 'test'; readonly name: string; readonly is: (typeof KINDS)[number] }
  | { readonly kind: 'subtest'; readonly name: string; readonly inner: readonly Model[] };

const KINDS = ['passed', 'failed', 'skipped', 'todo'] as const;

// A name is one line, does not end in what would open a block, and is not empty.
const nameOf = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.replaceAll(/\s+/g, ' ').trim())
  .filter((text) => text !== '' && !text.endsWith('{'));

const { model } = fc.letrec<{ model: Model }>((tie) => ({
  model: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      kind: fc.constant('test' as const),
      name: nameOf,
      is: fc.constantFrom(...KINDS),
    }),
    fc.record({
      kind: fc.constant('subtest' as const),
      name: nameOf,
      inner: fc.array(tie('model'), { minLength: 1, maxLength: 4 }),
    }),
  ),
}));

interface Style {
  readonly planFirst: boolean;
  readonly titles: boolean;
  readonly braces: boolean;
  readonly noise: boolean;
  readonly yaml: boolean;
}

function fails(node: Model): boolean {
  return node.kind === 'test' ? node.is === 'failed' : node.inner.some(fails);
}

function write(nodes: readonly Model[], style: Style, indent: string): string[] {
  const plan = `${indent}1..${nodes.length}`;
  const lines = style.planFirst ? [plan] : [];
  for (const [at, node] of nodes.entries()) {
    const status = fails(node) || (node.kind === 'test' && node.is === 'todo') ? 'not ok' : 'ok';
    const name = node.name.replaceAll(/[\\#]/g, '\\$&');
    const point = `${indent}${status} ${at + 1} - ${name}`;
    if (style.noise) lines.push('a line of the program', `${indent}  ok so far`);
    if (node.kind === 'test') {
      const directives = { passed: '', failed: '', skipped: ' # SKIP why', todo: ' # TODO later' };
      lines.push(`${point}${directives[node.is]}`);
      if (style.yaml) {
        lines.push(`${indent}  ---`, `${indent}  ok 1 - text`, `${indent}  duration_ms: 1.5`);
        lines.push(`${indent}  ...`);
      }
    } else if (style.braces) {
      lines.push(`${point} {`, ...write(node.inner, style, `${indent}    `), `${indent}}`);
    } else {
      if (style.titles) lines.push(`${indent}# Subtest: ${node.name}`);
      lines.push(...write(node.inner, style, `${indent}    `), point);
    }
  }
  return style.planFirst ? lines : [...lines, plan];
}

function expected(nodes: readonly Model[], style: Style, outer: readonly string[]): TapTest[] {
  return nodes.flatMap((node) => {
    const name = [...outer, node.name];
    if (node.kind === 'subtest') return expected(node.inner, style, name);
    const yaml = style.yaml ? 'ok 1 - text\nduration_ms: 1.5' : null;
    const messages = { passed: null, failed: yaml, skipped: 'why', todo: 'TODO later' };
    const outcome = node.is === 'todo' ? 'skipped' : node.is;
    return [{ name, outcome, durationMs: style.yaml ? 1.5 : null, message: messages[node.is] }];
  });
}

const style = fc.record({
  planFirst: fc.boolean(),
  titles: fc.boolean(),
  braces: fc.boolean(),
  noise: fc.boolean(),
  yaml: fc.boolean(),
});

describe('TAP', () => {
  test('a document that is written from a model reads back as the model', () => {
    fc.assert(
      fc.property(fc.array(model, { maxLength: 6 }), style, (nodes, how) => {
        const document = parse(['TAP version 14', ...write(nodes, how, '')].join('\n'));
        assert.deepEqual(document, {
          likeness: { kind: 'tap' },
          begun: true,
          complete: true,
          tests: expected(nodes, how, []),
          skippedAll: null,
          problems: [],
        });
      }),
    );
  });

  test('a document that is cut off is never complete, unless its plan had been kept', () => {
    const document = fc.array(model, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(document, style, fc.nat(), (nodes, how, cut) => {
        const lines = write(nodes, how, '');
        const kept = lines.slice(0, cut % lines.length);
        const points = kept.filter((line) => /^(?:not )?ok /.test(line)).length;
        const whole = kept.includes(`1..${nodes.length}`) && points === nodes.length;
        if (!whole) assert.equal(parse(kept.join('\n')).complete, false);
      }),
    );
  });

  test('what a program says between whole blocks of a document changes nothing', () => {
    const prose = fc
      .oneof(
        fc.constantFrom('okay', 'OK', 'done: ok 3', 'not okay', '1..', '---', '1..2 of 3'),
        fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => `> ${text}`),
      )
      .map((text) => text.replaceAll(/[\n\r]/g, ' '));
    fc.assert(
      fc.property(
        fc.array(model, { minLength: 1, maxLength: 5 }),
        style,
        fc.infiniteStream(fc.option(prose)),
        (nodes, how, said) => {
          const lines = write(nodes, { ...how, yaml: false }, '');
          const mixed = lines.flatMap((line) => {
            const { value } = said.next();
            return value === null ? [line] : [value, line];
          });
          assert.deepEqual(parse(mixed.join('\n')), parse(lines.join('\n')));
        },
      ),
    );
  });

  test('a failure stays one, whatever else is written between its lines', () => {
    const noise = fc.oneof(
      fc.constantFrom(
        ...'ok|ok 1|ok 2 - x|1..0 # SKIP|1..9|  ---|  ...|    ok 1| {|}|# TODO|ok 1 {'.split('|'),
        ...'TAP version 14|# Subtest: x|        1..1|\u001B[32mok|\r'.split('|'),
      ),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(
        fc.array(model, { minLength: 1, maxLength: 5 }).filter((nodes) => nodes.some(fails)),
        style,
        fc.infiniteStream(fc.array(noise, { maxLength: 2 })),
        (nodes, how, said) => {
          const lines = write(nodes, how, '').flatMap((line) => [...said.next().value, line]);
          const { likeness, tests, complete } = parse(lines.join('\n'));
          assert.notEqual(likeness.kind, 'none');
          assert.ok(!complete || tests.some(({ outcome }) => outcome === 'failed'));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('no input makes it throw', () => {
    const piece = fc.constantFrom(
      'ok',
      'not ok',
      ' ',
      '    ',
      '  ',
      '1..3',
      '1..0 # skip',
      '# Subtest: a',
      '---',
      '...',
      ' {',
      '}',
      '\n',
      '\n',
      ' # SKIP',
      ' # TODO',
      ' # time=3ms',
      '\\',
      '#',
      'Bail out!',
      'x',
      '\u2028',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
      fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 200 }),
    );
    fc.assert(
      fc.property(text, (input) => {
        const { complete, problems } = parse(input);
        assert.ok(!complete || problems.length === 0);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a failure without a block is explained by the comments below it, as bats writes them', () => {
    const text = [
      '1..2',
      'not ok 1 adds',
      '# (in test file a.bats, line 3)',
      "#   `false' failed",
      'ok 2 subtracts',
      '# not about a failure',
    ].join('\n');
    assert.deepEqual(
      parse(text).tests.map((result) => result.message),
      ["(in test file a.bats, line 3)\n  `false' failed", null],
    );
  });

  test('the summary after the last plan is no message', () => {
    assert.equal(parse('not ok 1 - a\n1..1\n# tests 1\n# fail 1').tests[0]?.message, null);
  });

  test('a bail-out ends it: what follows is not read', () => {
    const document = parse('1..2\nok 1 - a\nBail out! no database\nok 2 - b');
    assert.deepEqual(
      [document.complete, document.tests.length, document.problems],
      [false, 1, ['Bail out! no database']],
    );
  });

  test('a plan that is not kept is named', () => {
    assert.deepEqual(parse('1..3\nok 1\nok 2').problems, [
      'the document planned 3 tests and reported 2',
    ]);
    assert.deepEqual(parse('1..1\nok 1\nok 2').complete, false);
    assert.deepEqual(parse('TAP version 13\nok 1').problems, ['the document has no plan']);
    assert.deepEqual(parse('1..1\nok 1\n1..1').problems, ['more than one plan at one level']);
    assert.deepEqual(parse('    1..2\n    ok 1\nok 1 - sub\n1..1').problems, [
      'the subtest sub planned 2 tests and reported 1',
    ]);
    assert.deepEqual(parse('ok 1\n1..2\nok 2').problems, [
      'the document has its plan between its tests',
    ]);
  });

  test('numbers may come in any order, but each once and none beside the plan', () => {
    assert.deepEqual(parse('1..3\nok 3\nok 1\nok 2').problems, []);
    assert.deepEqual(parse('1..3\nok 1\nok 1\nok 3').problems, [
      'the document reported test 1 more than once',
    ]);
    assert.deepEqual(parse('1..2\nok 1\nok 3').problems, [
      'the document reported test 3, which is not in its plan of 2',
    ]);
  });

  test('among numbered tests an "ok" without a number is none, a "not ok" is one', () => {
    const proven = parse('a.t ..\nok\nok 1 - a\n1..1\nok\nAll tests successful.');
    assert.deepEqual([proven.problems, proven.tests.length], [[], 1]);
    assert.deepEqual(parse('1..2\nok 1\nok done').problems, [
      'the document planned 2 tests and reported 1',
    ]);
    assert.deepEqual(outcomes('1..2\nok 1\nnot ok'), [
      ['test 1', 'passed'],
      ['test 2', 'failed'],
    ]);
    assert.deepEqual(outcomes('1..2\nok a\nok'), [
      ['a', 'passed'],
      ['test 2', 'passed'],
    ]);
  });

  test('is read as it is shown: colours, a byte order mark, other line ends, overwritten lines', () => {
    const shown = [
      ['\uFEFF1..1\nnot ok 1 - a', 'mark'],
      ['1..1\r\nnot ok 1 - a\r\n', 'returns'],
      ['1..1\n 50 %\r100 %\rnot ok 1 - a', 'progress'],
      [
        '\u001B[32m1..1\u001B[0m\n\u001B[1;31mnot ok\u001B[0m 1 - \u001B[3ma\u001B(B\u001B[m',
        'colours',
      ],
      ['1..1\n\u001B]8;;x:y\u0007not ok 1 - a\u001B]8;;\u001B\\', 'link'],
    ] as const;
    for (const [text, what] of shown) {
      assert.deepEqual(outcomes(text), [['a', 'failed']], what);
      assert.equal(parse(text).complete, true, what);
    }
    assert.deepEqual(outcomes('1..1\nnot ok 1 - a\u2028b'), [['a\u2028b', 'failed']]);
  });

  test('where nobody says that it is TAP, the whole of it tells', () => {
    const kinds = {
      tap: [
        'building...\n1..2\nok 1\nnot ok 2',
        'hello\nTAP version 14',
        'ok a\nok b\nbye\n1..2\nreally',
        '1..0 # SKIP no network',
        '1..0',
      ],
      unclear: [
        '1..3',
        'not ok',
        'building...\nnot ok 2 - b',
        'ok 1\nok 2',
        'ok 1 - a',
        'ok 1 # SKIP',
        'Bail out! no disk',
        '1..1\n    ok 1',
        `${'ok a\n'.repeat(300_000)}not ok b`,
      ],
      none: [
        '',
        'ok',
        'ok, all done\nok',
        'ok  \tgithub.com/a/b\t0.01s',
        'ok 3 files copied',
        'not okay',
        '    1..1\n    not ok 1',
        '\t1..1\n\tnot ok 1',
        '    TAP version 14',
        '1..2..3\n1...2',
        'see 1..2\nis ok 1',
      ],
    };
    for (const [kind, texts] of Object.entries(kinds)) {
      for (const text of texts) assert.equal(parse(text).likeness.kind, kind, text.slice(0, 60));
    }
  });

  test('a YAML block stands below a test point only, and hides no failure if it never ends', () => {
    assert.deepEqual(outcomes('1..1\nprose\n  ---\n    not ok 1 - a\n    1..1\nok 1 - b'), [
      ['b > a', 'failed'],
    ]);
    assert.deepEqual(parse('1..2\nok 1\n  ---\n    not ok 1 - a\n    1..1\nok 2').problems, [
      'a YAML block that is not ended holds a line that says "not ok"',
    ]);
    assert.equal(parse('1..1\nnot ok 1\n  ---\n  why: x').tests[0]?.message, 'why: x');
  });

  test('a flood ends as an error: bounded memory', () => {
    const { problems, tests } = parse(`1..300000\n${'ok\n'.repeat(300_000)}`);
    assert.deepEqual(problems, ['it holds more tests than one unit can have']);
    assert.ok(tests.length < 300_000);
    const parser = new TapParser();
    parser.line('not ok 1');
    for (let n = 0; n < 20_000; n++) parser.line('# twenty characters.');
    assert.equal(parser.finish().tests[0]?.message?.length, 65_537);
    assert.equal(parse('1..1\n'.repeat(10_000)).problems.length, 100);
  });

  test('a subtest that is cut off stands under its title', () => {
    const document = parse('1..1\n# Subtest: outer\n    ok 1 - inner');
    assert.deepEqual(document.tests[0]?.name, ['outer', 'inner']);
    assert.equal(document.complete, false);
    assert.ok(document.problems.includes('the subtest outer has no result of its own'));
  });

  test('a subtest whose own line fails counts as failed, even if all in it passed', () => {
    const text =
      '    ok 1 - a\n    1..1\nnot ok 1 - outer\n  ---\n  message: after hook\n  ...\n1..1';
    const { tests } = parse(text);
    assert.deepEqual(
      tests.map((result) => [result.name.join(' > '), result.outcome, result.message]),
      [
        ['outer > a', 'passed', null],
        ['outer', 'failed', 'message: after hook'],
      ],
    );
  });

  test('a failure in a subtest that is to do is excused, one in a subtest that is ok is not', () => {
    const inner = '    not ok 1 - a\n    1..1\n';
    assert.deepEqual(outcomes(`${inner}not ok 1 - outer # TODO\n1..1`), [['outer > a', 'skipped']]);
    assert.deepEqual(outcomes(`${inner}ok 1 - outer\n1..1`), [['outer > a', 'failed']]);
  });

  test('what stands too far in is none', () => {
    assert.deepEqual(parse('1..1\n\t\t\t\tok 1\nok 1').problems, []);
    assert.equal(parse(`${' '.repeat(400)}ok 1`).begun, false);
  });

  test('directives', () => {
    assert.deepEqual(outcomes('not ok 1 - a # SKIP\nok 2 - b # TODO\nok 3 - c \\# SKIP\n1..3'), [
      ['a', 'failed'],
      ['b', 'passed'],
      ['c # SKIP', 'passed'],
    ]);
    const [timed] = parse('ok 1 - a # time=12.5ms').tests;
    assert.deepEqual([timed?.name, timed?.durationMs], [['a'], 12.5]);
    assert.equal(parse('1..0 # SKIP no network').skippedAll, 'no network');
    assert.equal(parse('1..0').skippedAll, null);
    // Excused is only what says so.
    assert.deepEqual(outcomes('not ok 1 - shows the # todo-list\nnot ok 2 # TODO: b\n1..2'), [
      ['shows the # todo-list', 'failed'],
      ['test 2', 'skipped'],
    ]);
  });
});
