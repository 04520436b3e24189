import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import * as addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { ctrfSink } from '../../src/report/ctrf.ts';
import { casesOf } from '../../src/report/cases.ts';
import { arbitraryRun } from './arbitrary-run.ts';
import { feed } from './feed.ts';
import { attempt, oneUnit, testResult } from './one-unit.ts';
import { scratchDirectory } from './scratch.ts';

const file = join(scratchDirectory(), 'ctrf.json');
const ajv = new Ajv({ allErrors: true });
addFormats.default.default(ajv);
const validate = ajv.compile<Ctrf>(
  JSON.parse(
    readFileSync(new URL('../fixtures/ctrf/ctrf-schema-0.0.json', import.meta.url), 'utf8'),
  ),
);

interface Ctrf {
  readonly results: {
    readonly summary: Record<string, number>;
    readonly tests: readonly CtrfTest[];
  };
}

interface CtrfTest {
  readonly testId: string;
  readonly executionId: string;
  readonly name: string;
  readonly status: string;
  readonly rawStatus: string;
  readonly flaky?: boolean;
  readonly retries: number;
  readonly retryAttempts?: readonly { readonly attempt: number; readonly status: string }[];
  readonly extra: Record<string, unknown>;
}

function document(): Ctrf {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(validate(value), ajv.errorsText(validate.errors));
  return value;
}

describe('ctrf.json', () => {
  test('is valid for any run, its counts are those of its tests, its ids are unique', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), async ({ events, units }) => {
        await feed(ctrfSink({ file }), events);
        const { summary, tests } = document().results;
        assert.equal(tests.length, units.flatMap((unit) => casesOf(unit)).length);
        assert.equal(summary['tests'], tests.length);
        for (const status of ['passed', 'failed', 'skipped', 'pending', 'other']) {
          assert.equal(summary[status], tests.filter((entry) => entry.status === status).length);
        }
        assert.equal(summary['flaky'], tests.filter((entry) => entry.flaky === true).length);
        for (const key of ['testId', 'executionId'] as const) {
          const ids = tests.map((entry) => entry[key]);
          assert.equal(new Set(ids).size, ids.length, key);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a flaky test passed, with the attempts before it', async () => {
    const first = attempt('failed', { tests: [testResult('t', 'failed', 'AssertionError: no')] });
    const second = attempt('passed', { number: 2, tests: [testResult('t', 'passed')] });
    await feed(ctrfSink({ file }), oneUnit([first, second]));
    const [entry, ...others] = document().results.tests;
    assert.deepEqual(others, []);
    assert.equal(entry?.status, 'passed');
    assert.equal(entry.flaky, true);
    assert.equal(entry.retries, 1);
    assert.deepEqual(
      entry.retryAttempts?.map(({ attempt: number, status }) => [number, status]),
      [[1, 'failed']],
    );
  });

  test('what the format has no field for stands under extra', async () => {
    const hung = attempt('hung', {
      reason: 'no progress for 60 s',
      verdict: {
        class: 'lock-wait',
        confidence: 0.9,
        summary: 'waits for a lock',
        decidedBy: ['stack'],
        ruledOut: [],
      },
    });
    await feed(ctrfSink({ file }), oneUnit([hung]));
    const [entry] = document().results.tests;
    assert.equal(entry?.status, 'failed');
    assert.equal(entry.rawStatus, 'hung');
    assert.equal(entry.extra['pindown/reason'], 'no progress for 60 s');
    assert.deepEqual(entry.extra['pindown/verdict'], hung.verdict);
  });
});
