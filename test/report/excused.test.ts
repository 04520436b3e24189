import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { casesOf } from '../../src/report/cases.ts';
import { ctrfTest } from '../../src/report/ctrf/test.ts';
import { Digest } from '../../src/report/digest.ts';
import { stepSummary } from '../../src/report/github/summary.ts';
import { testSuite } from '../../src/report/junit/test-suite.ts';
import { lastScreen } from '../../src/report/terminal/last-screen.ts';
import { theme } from '../../src/report/terminal/theme.ts';
import { unitResult } from '../../src/core/attempt.ts';
import { attempt, oneUnit, RUN, testResult, unit } from './one-unit.ts';

const retry = { rule: 'exec-busy', because: 'ETXTBSY at the start of it; nothing had run' };
const attempts = [
  attempt('spawn-failed', { startedAt: null, retry }),
  attempt('spawn-failed', { startedAt: null, retry, number: 2 }),
  attempt('passed', { number: 3, tests: [testResult('t', 'passed')] }),
];
const said = /exec-busy: ETXTBSY at the start of it; nothing had run/;

describe('what a rule excused', () => {
  const digest = new Digest(0);
  for (const event of oneUnit(attempts)) digest.handle(event);

  test('leaves the unit passed, without a failed case', () => {
    const result = unitResult(unit(), attempts);
    assert.equal(result.outcome, 'passed');
    assert.deepEqual(
      casesOf(result).map(({ status }) => status),
      ['passed'],
    );
  });

  test('stands on the last screen, once, with its attempts', () => {
    const capabilities = { live: false, colour: false, unicode: true };
    const screen = lastScreen(
      digest,
      { root: '/project', runDir: '/project/.pindown/runs/1', reports: [] },
      theme(capabilities),
    );
    assert.match(screen, /Run again by a rule \(1\)/);
    assert.equal(screen.match(new RegExp(said, 'g'))?.length, 1);
    assert.match(screen, /attempt 2 spawn-failed/);
  });

  test("stands in GitHub's summary", () => {
    assert.match(stepSummary(digest, 10_000), said);
  });

  test('stands in JUnit as a property of the unit', () => {
    const { markup } = testSuite(unitResult(unit(), attempts), RUN, '/nowhere');
    assert.match(markup, /name="pindown\.excused\.1" value="exec-busy: ETXTBSY/);
    assert.doesNotMatch(markup, /<failure|<error|flakyError/);
  });

  test('stands in CTRF beside the test', () => {
    const result = unitResult(unit(), attempts);
    const [entry] = casesOf(result);
    assert.ok(entry);
    assert.deepEqual(
      ctrfTest(entry, result).extra['pindown/excused'],
      attempts.slice(0, 2).map(({ id }) => ({ attempt: id, outcome: 'spawn-failed', ...retry })),
    );
  });
});
