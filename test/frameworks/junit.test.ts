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

// Only what XML 1.0 may hold; attributes have their white space normalised.
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
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
}

const { suite } = fc.letrec<{ suite: Suite }>((tie) => ({
  suite: fc.record({
    name: text,
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

function writeSuite(one: Suite): string {
  const inner = [...one.tests.map(writeTest), ...one.suites.map(writeSuite)].join('\n');
  return `<testsuite name="${escape(one.name)}"><properties><property name="failure"/></properties>${inner}</testsuite>`;
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
        const xml = `<?xml version="1.0"?>\n<testsuites>${writeSuite(root)}</testsuites>\n`;
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
      fc.string({ unit: 'binary', maxLength: 200 }),
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
