import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PindownError } from '../../src/core/errors.ts';
import { formatDurations, parseDurations } from '../../src/plan/durations-file.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('a durations file', () => {
  test('gives back what was written, in whatever order the units came', () => {
    const id = fc.string({ unit: 'binary', minLength: 1 }).map((path) => `unit:${path}`);
    const values = fc.array(fc.nat(1e9), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(id, values)), (pairs) => {
        const durations = new Map(pairs);
        const text = formatDurations(durations, AT);
        assert.deepEqual(new Map(parseDurations(text, 'file')), durations);
        assert.equal(formatDurations(new Map([...durations].toReversed()), AT), text);
      }),
    );
  });

  test('reads well in a diff: one unit a line, sorted, whole milliseconds, the newest twenty', () => {
    const long = Array.from({ length: 30 }, (_, at) => at);
    const durations = new Map([
      ['unit:b', [2.4, 1.6]],
      ['unit:a', long],
      ['unit:none', []],
    ]);
    assert.equal(
      formatDurations(durations, AT),
      `{
  "schemaVersion": 1,
  "exportedAt": "2026-01-02T03:04:05.000Z",
  "units": {
    "unit:a": [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19],
    "unit:b": [2,2]
  }
}
`,
    );
  });

  const head = '"schemaVersion": 1, "exportedAt": "2026-01-02T03:04:05.000Z"';
  const refused: readonly (readonly [text: string, code: string, message: RegExp])[] = [
    ['', 'bad-durations', /^ci\.json is not JSON/],
    ['{"schemaVersion": 1, ', 'bad-durations', /^ci\.json is not JSON/],
    ['[]', 'bad-durations', /^ci\.json is no file of durations/],
    ['null', 'bad-durations', /^ci\.json is no file of durations/],
    ['{"schemaVersion": 2}', 'newer-durations', /^ci\.json has version 2/],
    [`{${head}}`, 'bad-durations', /units/],
    [`{${head}, "units": {"a": 5}}`, 'bad-durations', /units\.a/],
    [`{${head}, "units": {"a": [-1]}}`, 'bad-durations', /units\.a\.0/],
    [`{${head}, "units": {"a": ["1"]}}`, 'bad-durations', /units\.a\.0/],
    [`{${head}, "units": {"a": [1e999]}}`, 'bad-durations', /units\.a\.0/],
    [`{${head}, "units": {}, "more": 1}`, 'bad-durations', /more/],
    ['{"schemaVersion": 1, "exportedAt": "today", "units": {}}', 'bad-durations', /exportedAt/],
  ];
  for (const [text, code, message] of refused) {
    test(`refuses ${text}`, () => {
      assert.throws(
        () => parseDurations(text, 'ci.json'),
        (error) => {
          assert.ok(error instanceof PindownError);
          assert.equal(error.code, code);
          assert.equal(error.exitCode, 2);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
