import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type JUnitDocument, JUnitParser, readJUnit } from '../../src/frameworks/junit.ts';

function parse(...chunks: readonly string[]): JUnitDocument {
  const parser = new JUnitParser();
  for (const chunk of chunks) parser.write(chunk);
  return parser.finish();
}

const code = fc.nat(0x1_1000).map((point) => String.fromCodePoint(point));

// Only what XML 1.0 may hold; attributes have their white space normalised.
const text = fc
  .string({ unit: code, maxLength: 20 })
  .map((raw) => raw.replaceAll(/[^\u0020-\uD7FF\u{10000}-\u{10FFFF}]/gu, '').trim());
const name = text.filter((candidate) => candidate !== '');

const MARKS = { failed: 'failure', errored: 'error', skipped: 'skipped' } as const;

interface ModelTest {
  readonly name: string;
  readonly owner: string | null;
  readonly outcome: 'passed' | keyof typeof MARKS;
  readonly seconds: number | null;
  readonly message: string;
  readonly body: string;
  readonly cdata: boolean;
}

const testcase: fc.Arbitrary<ModelTest> = fc.record({
  name,
  owner: fc.option(name),
  outcome: fc.constantFrom(
    'passed' as const,
    'failed' as const,
    'errored' as const,
    'skipped' as const,
  ),
  seconds: fc.option(fc.nat(10_000)),
  message: text,
  body: text,
  cdata: fc.boolean(),
});

interface Suite {
  readonly name: string;
  readonly tests: readonly ModelTest[];
  readonly suites: readonly Suite[];
  readonly counted: boolean;
}

const { suite } = fc.letrec<{ suite: Suite }>((tie) => ({
  suite: fc.record({
    name: text,
    counted: fc.boolean(),
    tests: fc.array(testcase, { maxLength: 3 }),
    suites: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('suite'), { maxLength: 2 })),
  }),
}));

function escape(raw: string): string {
  return raw
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function writeTest(one: ModelTest): string {
  const owner = one.owner === null ? '' : ` classname="${escape(one.owner)}"`;
  const time = one.seconds === null ? '' : ` time="${one.seconds}"`;
  const body = one.cdata ? `<![CDATA[${one.body.replaceAll(']]>', '')}]]>` : escape(one.body);
  const mark =
    one.outcome === 'passed'
      ? ''
      : `<${MARKS[one.outcome]} message="${escape(one.message)}">${body}</${MARKS[one.outcome]}>`;
  return `<testcase name="${escape(one.name)}"${owner}${time}><system-out>${body}</system-out>${mark}</testcase>`;
}

function allTests(one: Suite): readonly ModelTest[] {
  return [...one.tests, ...one.suites.flatMap(allTests)];
}

/** The counters of a suite, as most writers count; of the others' ways see below. */
function counters(tests: readonly ModelTest[]): string {
  const count = (outcome: ModelTest['outcome']): number =>
    tests.filter((each) => each.outcome === outcome).length;
  return (
    ` tests="${tests.length}" failures="${count('failed')}"` +
    ` errors="${count('errored')}" skipped="${count('skipped')}"`
  );
}

function writeSuite(one: Suite): string {
  const inner = [...one.tests.map(writeTest), ...one.suites.map(writeSuite)].join('\n');
  return `<testsuite name="${escape(one.name)}"${one.counted ? counters(allTests(one)) : ''}><properties><property name="failure"/></properties>${inner}</testsuite>`;
}

function expected(one: Suite, outer: readonly string[]): unknown[] {
  const around = one.name === '' ? outer : [...outer, one.name];
  return [
    ...one.tests.map((each) => {
      const body = each.cdata ? each.body.replaceAll(']]>', '') : each.body;
      const message = [each.message, body]
        .filter((part) => part !== '')
        .join('\n')
        .trim();
      return {
        name: [...(each.owner === null ? around : [each.owner]), each.name],
        outcome: each.outcome,
        durationMs: each.seconds === null ? null : each.seconds * 1000,
        message: each.outcome === 'passed' || message === '' ? null : message,
        location: null,
      };
    }),
    ...one.suites.flatMap((inner) => expected(inner, around)),
  ];
}

describe('JUnit', () => {
  test('a document that is written from a model reads back as the model, however it is cut up', () => {
    fc.assert(
      fc.property(suite, fc.integer({ min: 1, max: 40 }), (root, size) => {
        const xml = `<?xml version="1.0"?>\n<testsuites${counters(allTests(root))}>${writeSuite(root)}</testsuites>\n`;
        const chunks = Array.from({ length: Math.ceil(xml.length / size) }, (_, n) =>
          xml.slice(n * size, (n + 1) * size),
        );
        assert.deepEqual(parse(...chunks), {
          tests: expected(root, []),
          errors: [],
          malformed: null,
        });
      }),
    );
  });

  test('a document that is cut off is malformed, and keeps the tests that were whole', () => {
    fc.assert(
      fc.property(suite, fc.nat(), (root, cut) => {
        const xml = `<testsuites>${writeSuite(root)}</testsuites>`;
        const document = parse(xml.slice(0, cut % xml.length));
        assert.notEqual(document.malformed, null);
        const all = expected(root, []);
        assert.deepEqual(document.tests, all.slice(0, document.tests.length));
      }),
    );
  });

  test('a counter that green tests don’t bear out is told, wherever it stands', () => {
    const counter = fc.constantFrom('tests', 'failures', 'errors', 'skipped');
    const pass = '<testcase name="a"/>';
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.nat(3),
        counter,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(
          (says: string, tests: string) => `<testsuite${says}>${tests}</testsuite>`,
          (says: string, tests: string) =>
            `<testsuites${says}><testsuite>${tests}</testsuite></testsuites>`,
          (says: string, tests: string) =>
            `<testsuites><testsuite>${pass}<testsuite name="x"${says}>${tests}</testsuite></testsuite></testsuites>`,
        ),
        (passed, skipped, chosen, more, document) => {
          const counts = { tests: passed + skipped, failures: 0, errors: 0, skipped };
          const says = (wrong: number): string =>
            Object.entries(counts)
              .map(([key, count]) => ` ${key}="${count + (key === chosen ? wrong : 0)}"`)
              .join('');
          const tests = pass.repeat(passed) + '<testcase><skipped/></testcase>'.repeat(skipped);
          assert.deepEqual(parse(document(says(0), tests)).errors, []);
          const { errors, malformed } = parse(document(says(more), tests));
          assert.equal(malformed, null);
          assert.equal(errors.length, 1);
          assert.match(errors[0]!, /^the report contradicts itself: <testsuites?.*> says /);
        },
      ),
    );
  });

  test('counters that say less than there is are told, too', () => {
    const failing = '<testcase><failure/></testcase><testcase><failure/></testcase>';
    assert.deepEqual(parse(`<testsuite name="s" failures="1">${failing}</testsuite>`).errors, [
      'the report contradicts itself: <testsuite name="s"> says failures="1", but 2 can be counted in it',
    ]);
    assert.deepEqual(
      parse('<testsuites tests="0"><testsuite><testcase/></testsuite></testsuites>').errors,
      ['the report contradicts itself: <testsuites> says tests="0", but 1 can be counted in it'],
    );
    assert.deepEqual(parse('<testsuite tests="10"/>').errors.length, 1);
  });

  describe('counters as they are written in the wild are no contradiction:', () => {
    const documents: Readonly<Record<string, string>> = {
      'none, or what is no number': '<testsuites tests="" failures="n/a"><testsuite/></testsuites>',
      'thousands in groups': `<testsuite tests="1,000">${'<testcase/>'.repeat(1_000)}</testsuite>`,
      'an error counted as a failure':
        '<testsuite tests="1" failures="1"><testcase><error/></testcase></testsuite>',
      'a failure counted by its assertions':
        '<testsuite tests="1" failures="2"><testcase><failure/><failure/></testcase></testsuite>',
      'a suite’s own error': '<testsuite tests="0" errors="1"><error/></testsuite>',
      'outer suites that count only their own':
        '<testsuite tests="0"><testsuite tests="2"><testcase/><testcase/></testsuite></testsuite>',
      'node:test’s, to which a suite is one test':
        '<testsuite tests="2" failures="1" errors="0" skipped="1"><testcase/>' +
        '<testsuite tests="2" failures="2" errors="0" skipped="1"><testcase><failure/></testcase>' +
        '<testcase><skipped/><failure/></testcase></testsuite></testsuite>',
      'an outer sum of what the suites inside say':
        '<testsuites tests="2"><testsuite tests="2"><testcase/>' +
        '<testsuite tests="2"><testcase/><testcase/></testsuite></testsuite></testsuites>',
      'pytest’s, with an error in a teardown after a pass':
        '<testsuites><testsuite name="pytest" errors="1" failures="0" skipped="0" tests="2">' +
        '<testcase><error/></testcase></testsuite></testsuites>',
      'pytest’s, with an error in a teardown after a failure':
        '<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="0" tests="1">' +
        '<testcase><failure/></testcase><testcase><error/></testcase></testsuite></testsuites>',
      'pytest’s, with subtests':
        '<testsuites name="pytest tests"><testsuite name="mine" errors="0" failures="0" skipped="3" tests="5">' +
        '<testcase><skipped/><skipped/><skipped/></testcase></testsuite></testsuites>',
      'Mocha’s, with a hook that failed':
        '<testsuite tests="4" failures="0" errors="2" skipped="1"><testcase/>' +
        '<testcase><skipped/></testcase>'.repeat(2) +
        '<testcase><failure/></testcase>'.repeat(2) +
        '</testsuite>',
      'Surefire’s, which count each try':
        '<testsuite tests="6" errors="0" skipped="0" failures="6"><testcase><failure/>' +
        `${'<rerunFailure/>'.repeat(5)}</testcase></testsuite>`,
      'Catch2’s, which count assertions':
        '<testsuites><testsuite errors="0" failures="0" tests="12" hostname="tbd"><testcase/></testsuite></testsuites>',
      'doctest’s, which count assertions':
        '<testsuites><testsuite errors="0" failures="0" tests="0" doctest_version="2.4.11"><testcase/></testsuite></testsuites>',
    };
    for (const [what, document] of Object.entries(documents)) {
      test(what, () => {
        const { errors, malformed } = parse(document);
        assert.equal(malformed, null);
        assert.deepEqual(
          errors.filter((error) => error.includes('contradicts')),
          [],
        );
      });
    }
  });

  test('Surefire’s flaky tries are kept, without what they printed', () => {
    const { tests, errors } = parse(
      '<testsuite tests="2" failures="1"><testcase name="a"><flakyFailure message="first"><stackTrace>at x</stackTrace>' +
        '<system-out>noise</system-out></flakyFailure><flakyError>second</flakyError></testcase>' +
        '<testcase name="b"><failure>f</failure><rerunFailure>again</rerunFailure></testcase></testsuite>',
    );
    assert.deepEqual(
      tests.map(({ outcome, message, failedTries }) => [outcome, message, failedTries]),
      [
        ['passed', null, ['first\nat x', 'second']],
        ['failed', 'f', undefined],
      ],
    );
    assert.deepEqual(errors, []);
  });

  test('no mark inside another, and no test inside another, hides a failure', () => {
    const nested = parse(
      '<testsuite><testcase><failure>f<skipped/></failure></testcase></testsuite>',
    );
    assert.equal(nested.tests[0]?.outcome, 'failed');
    const inner = parse('<testsuite><testcase><testcase/><failure/></testcase></testsuite>');
    assert.match(inner.malformed ?? '', /stands in another/);
  });

  test('a flood of tests ends as malformed: bounded memory', () => {
    const parser = new JUnitParser();
    parser.write('<testsuite>');
    for (let n = 0; n < 3_000; n++) parser.write('<testcase name="a"/>'.repeat(100));
    parser.write('</testsuite>');
    const { tests, malformed } = parser.finish();
    assert.match(malformed ?? '', /more tests than one unit/);
    assert.ok(tests.length < 300_000);
  });

  test('no input makes it throw', () => {
    const piece = fc.constantFrom(
      '<testsuites>',
      '<testsuite name="a">',
      '<testcase name="b"/>',
      '<testcase>',
      '</testcase>',
      '<failure/>',
      '<error>',
      '</testsuite>',
      '</testsuites>',
      '&',
      '&amp;',
      '&x;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?xml version="1.0"?>',
      '<!DOCTYPE a [<!ENTITY b "c">]>',
      '\0',
      'x',
    );
    const input = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc.string({ unit: code, maxLength: 200 }),
    );
    fc.assert(
      fc.property(input, (raw) => {
        parse(raw);
      }),
      { numRuns: 1_000 },
    );
  });

  test('whatever is no JUnit says so', () => {
    assert.match(parse('').malformed ?? '', /root element/);
    assert.match(parse('<html/>').malformed ?? '', /got <html>/);
    const torn = parse('<testsuite><testcase name="a">&what;</testcase></testsuite>');
    assert.match(torn.malformed ?? '', /^1:/);
    assert.deepEqual(torn.tests, []);
  });

  test('a suite’s own error, a location, grouped thousands, a mark over another', () => {
    const document = parse(
      '<testsuite name="s"><error>no database</error>' +
        '<testcase name="a" file="t.py" line="3" time="1,234.5"><failure>f</failure><skipped/><system-err>x</system-err></testcase>' +
        '<testcase/></testsuite>',
    );
    assert.deepEqual(document.errors, ['no database']);
    assert.deepEqual(document.tests, [
      {
        name: ['s', 'a'],
        outcome: 'failed',
        durationMs: 1_234_500,
        message: 'f',
        location: { file: 't.py', line: 3, column: null },
      },
      {
        name: ['s', '(no name)'],
        outcome: 'passed',
        durationMs: null,
        message: null,
        location: null,
      },
    ]);
  });

  test('a text without end is refused before it fills the memory', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'pindown-junit-'));
    try {
      const file = join(dir, 'junit.xml');
      await writeFile(file, `<testsuite><system-out><![CDATA[${'x'.repeat(80 * 1024 * 1024)}`);
      const document = await readJUnit(file);
      assert.match(document.malformed ?? '', /a single text of more than/);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
