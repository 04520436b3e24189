import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Attempt } from '../../src/core/attempt.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { ATTEMPT_OUTCOMES, isGreen } from '../../src/core/outcome.ts';
import { casesOf } from '../../src/report/cases.ts';
import { junitSink } from '../../src/report/junit.ts';
import { cleanText } from '../../src/report/junit/xml.ts';
import { arbitraryRun, hostileText } from './arbitrary-run.ts';
import { feed } from './feed.ts';
import { attempt, oneUnit, testResult } from './one-unit.ts';
import { scratchDirectory } from './scratch.ts';
import { assertSurefire } from './surefire.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

const runDir = scratchDirectory();
const file = join(runDir, 'junit.xml');

async function document(events: readonly RunEvent[]): Promise<XmlElement> {
  await feed(junitSink({ file, runDir }), events);
  const root = parseXml(readFileSync(file, 'utf8'));
  assertSurefire(root);
  return root;
}

async function casesFor(...attempts: readonly Attempt[]): Promise<readonly XmlElement[]> {
  const root = await document(oneUnit(attempts));
  return root.children.flatMap(({ children }) => children).filter(isCase);
}

function isCase({ name }: XmlElement): boolean {
  return name === 'testcase';
}

/** `failure`, `flakyFailure:stackTrace`, …: what a case holds. */
function shape(element: XmlElement | undefined): string[] {
  return (element?.children ?? []).map(({ name }) => name);
}

function writeOutput(id: string, stdout: string): void {
  mkdirSync(join(runDir, 'attempts', id), { recursive: true });
  writeFileSync(join(runDir, 'attempts', id, 'stdout.log'), stdout);
}

/** What XML 1.0 forbids, said another way than in the code: by code point. */
function isForbidden(codePoint: number): boolean {
  if (codePoint < 0x20) return ![0x9, 0xa, 0xd].includes(codePoint);
  if (codePoint >= 0x7f && codePoint <= 0x9f) return codePoint !== 0x85;
  return (codePoint >= 0xd800 && codePoint <= 0xdfff) || [0xfffe, 0xffff].includes(codePoint);
}

function allowed(text: string): string {
  return Array.from(text, (character) =>
    isForbidden(character.codePointAt(0) ?? 0) ? '' : character,
  ).join('');
}

describe('junit.xml', () => {
  test('is valid for any run; a suite is red exactly where its unit is', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), async ({ events, units }) => {
        const root = await document(events);
        assert.equal(root.children.length, units.length);
        for (const [index, suite] of root.children.entries()) {
          const unit = units[index];
          assert.ok(unit !== undefined);
          const { failures, errors } = suite.attributes;
          assert.equal(Number(failures) + Number(errors) > 0, !isGreen(unit.outcome), unit.outcome);
          const names = suite.children.filter(isCase).map(({ attributes }) => attributes['name']);
          assert.equal(new Set(names).size, names.length, 'one testcase a test');
          assert.deepEqual(
            names,
            casesOf(unit, cleanText).map(({ name }) => name),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test('any name and message comes back, without what XML forbids', async () => {
    // Escape sequences are taken out whole: a test of its own below.
    const text = hostileText.map((value) =>
      value.replaceAll('\u001B', '').replaceAll('\u009B', ''),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (name, message) => {
        const [only, ...others] = await casesFor(
          attempt('failed', { tests: [testResult(name, 'failed', message)] }),
        );
        assert.deepEqual(others, []);
        assert.equal(only?.attributes['name'], allowed(name) || '(no name)');
        assert.equal(only?.children[0]?.text, allowed(message));
      }),
      { numRuns: 300 },
    );
  });

  test('escape sequences go whole', async () => {
    const coloured = '\u001B[31mred\u001B[0m \u001B]8;;http://x\u0007link\u001B]8;;\u0007';
    const [only] = await casesFor(
      attempt('failed', { tests: [testResult(coloured, 'failed', 'x')] }),
    );
    assert.equal(only?.attributes['name'], 'red link');
  });

  test('a test that failed and then passed is a success with a flakyFailure', async () => {
    const [only, ...others] = await casesFor(
      attempt('failed', {
        tests: [testResult('t', 'failed', 'TypeError: no\n    at f (a.js:1:2)')],
      }),
      attempt('passed', { number: 2, tests: [testResult('t', 'passed')] }),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(shape(only), ['flakyFailure']);
    const { attributes, children } = only?.children[0] ?? { attributes: {}, children: [] };
    assert.deepEqual(attributes, { message: 'TypeError: no', type: 'TypeError', time: '0.005' });
    assert.equal(children[0]?.text, 'TypeError: no\n    at f (a.js:1:2)');
  });

  test('a test that failed every time has its first failure and the reruns', async () => {
    const [only] = await casesFor(
      attempt('failed', { tests: [testResult('t', 'failed', 'first')] }),
      attempt('failed', { number: 2, tests: [testResult('t', 'errored', 'second')] }),
      attempt('failed', { number: 3, tests: [testResult('t', 'failed', 'third')] }),
    );
    assert.deepEqual(shape(only), ['failure', 'rerunFailure', 'rerunError']);
    assert.equal(only?.children[0]?.text, 'first');
    assert.equal(only?.children[1]?.children[0]?.text, 'third');
  });

  test('a test that is gone when its unit passes on retry is flaky, like its unit', async () => {
    const cases = await casesFor(
      attempt('failed', { tests: [testResult('port 4312', 'failed', 'x')] }),
      attempt('passed', { number: 2, tests: [testResult('port 5123', 'passed')] }),
    );
    assert.deepEqual(cases.map(shape), [['flakyFailure'], []]);
  });

  test('a second test of the same name is told apart, also from one that is called so', async () => {
    const cases = await casesFor(
      attempt('passed', {
        tests: [
          testResult('t', 'passed'),
          testResult('t', 'passed', null, { occurrence: 2 }),
          testResult('t [2]', 'passed'),
        ],
      }),
    );
    assert.deepEqual(
      cases.map(({ attributes }) => attributes['name']),
      ['t', 't [3]', 't [2]'],
    );
  });

  for (const outcome of ATTEMPT_OUTCOMES) {
    if (outcome === 'passed' || outcome === 'failed') continue;
    test(`a unit that is ${outcome} has an error of its own beside its tests`, async () => {
      const cases = await casesFor(attempt(outcome, { tests: [testResult('t', 'passed')] }));
      const [, own, ...others] = cases;
      assert.deepEqual(others, []);
      assert.equal(own?.attributes['name'], 'test/a.test.js');
      const error = own?.children[0];
      assert.equal(error?.name, 'error');
      assert.deepEqual(error?.attributes, { message: `because of ${outcome}`, type: outcome });
    });
  }

  test('a unit that never got an attempt is an error, too', async () => {
    const [own] = await casesFor();
    assert.deepEqual(shape(own), ['error']);
    assert.equal(own?.children[0]?.attributes['type'], 'cancelled');
  });

  test('a command without tests is one case', async () => {
    assert.deepEqual((await casesFor(attempt('passed'))).map(shape), [[]]);
    assert.deepEqual((await casesFor(attempt('failed'))).map(shape), [['failure']]);
  });

  test('a skipped test says why', async () => {
    const [only] = await casesFor(
      attempt('passed', { tests: [testResult('t', 'skipped', 'not on Linux')] }),
    );
    assert.equal(only?.children[0]?.attributes['message'], 'not on Linux');
  });

  test('says where a test stands', async () => {
    const location = { file: 'test/b.js', line: 12, column: 3 };
    const [only] = await casesFor(
      attempt('passed', { tests: [testResult('t', 'passed', null, { location })] }),
    );
    assert.deepEqual(only?.attributes, {
      name: 't',
      classname: 'test/a.test.js',
      file: 'test/b.js',
      line: '12',
      time: '0.005',
    });
  });

  test('takes a bounded tail of the output, once an attempt, cut at a character', async () => {
    const failed = attempt('failed', {
      tests: [testResult('t', 'failed', 'x'), testResult('u', 'failed', 'x')],
    });
    writeOutput(failed.id, `${'€'.repeat(100_000)}end`);
    const [first, second] = await casesFor(failed);
    const output = first?.children.find(({ name }) => name === 'system-out')?.text ?? '';
    assert.ok(Buffer.byteLength(output) < 66_000);
    assert.match(output, /^\(the last 65536 of 300003 bytes of attempts\/.*\)\n€/);
    assert.ok(output.endsWith('€end'));
    assert.match(
      second?.children.find(({ name }) => name === 'system-out')?.text ?? '',
      /^\[\[ATTACHMENT\|attempts\/.*\/stdout\.log\]\]$/,
    );
  });

  test('output that cannot be read says so in its place', async () => {
    const failed = attempt('failed', { tests: [testResult('t', 'failed', 'x')] });
    mkdirSync(join(runDir, 'attempts', failed.id, 'stdout.log'), { recursive: true });
    const [only] = await casesFor(failed);
    const output = only?.children.find(({ name }) => name === 'system-out')?.text ?? '';
    assert.match(output, /could not be read: EISDIR/);
  });
});
