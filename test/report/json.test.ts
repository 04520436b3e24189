import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { jsonSink } from '../../src/report/json.ts';
import { arbitraryRun } from './arbitrary-run.ts';
import { feed } from './feed.ts';
import { closeObjects } from './close-objects.ts';
import { scratchDirectory } from './scratch.ts';

const dir = scratchDirectory();
const file = join(dir, 'report.json');
const schema: unknown = JSON.parse(
  readFileSync(new URL('../../schemas/report-1.schema.json', import.meta.url), 'utf8'),
);

function validator(of: object): (document: unknown) => string | null {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats.default.default(ajv);
  const validate = ajv.compile(of);
  return (document) => (validate(document) ? null : ajv.errorsText(validate.errors));
}

describe('report.json', () => {
  test('is what the schema says, field for field, and holds every unit whole', async () => {
    assert.ok(typeof schema === 'object' && schema !== null);
    const open = validator(schema);
    const strict = validator(closeObjects(schema));
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), async ({ events, units, run }) => {
        await feed(jsonSink({ file }), events);
        const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
        assert.equal(open(report), null);
        assert.equal(strict(report), null);
        assert.ok(typeof report === 'object' && report !== null);
        assert.ok('units' in report && 'run' in report && 'totals' in report);
        assert.deepEqual(report.units, units);
        const end = events.at(-1);
        assert.ok(end?.type === 'run-finished');
        assert.deepEqual(report.totals, end.totals);
        const { root, owner, ...told } = run;
        assert.ok(root !== '' && owner.pid > 0, 'not told: they say nothing elsewhere');
        const { durationMs, exitCode, stopped } = end;
        assert.deepEqual(report.run, { ...told, durationMs, exitCode, stopped });
      }),
      { numRuns: 60 },
    );
  });

  test('the schema refuses a report that lacks something', async () => {
    assert.ok(typeof schema === 'object' && schema !== null);
    const open = validator(schema);
    const [sample] = fc.sample(arbitraryRun(), 1);
    await feed(jsonSink({ file }), sample?.events ?? []);
    const text = readFileSync(file, 'utf8');
    for (const key of ['planHash', 'stopped', 'planned', 'schemaVersion', 'units']) {
      assert.notEqual(open(JSON.parse(text.replace(`"${key}"`, '"other"'))), null, key);
    }
  });

  test('appears at the end, and only whole', async () => {
    const own = join(scratchDirectory(), 'report.json');
    const [sample] = fc.sample(arbitraryRun(), 1);
    const events = sample?.events ?? [];
    const sink = jsonSink({ file: own });
    for (const event of events.slice(0, -1)) sink.handle(event);
    await sink.close();
    assert.deepEqual(readdirSync(join(own, '..')), []);
    await feed(jsonSink({ file: own }), events);
    assert.deepEqual(readdirSync(join(own, '..')), ['report.json']);
  });

  test('a directory that is gone is thrown at the caller and leaves nothing', () => {
    const gone = join(dir, 'gone', 'report.json');
    const [sample] = fc.sample(arbitraryRun(), 1);
    const sink = jsonSink({ file: gone });
    assert.throws(
      () => {
        for (const event of sample?.events ?? []) sink.handle(event);
      },
      { code: 'ENOENT' },
    );
    assert.equal(existsSync(gone), false);
  });

  test('what can not be put in its place is taken away again', () => {
    const own = scratchDirectory();
    const taken = join(own, 'report.json');
    mkdirSync(taken);
    const [sample] = fc.sample(arbitraryRun(), 1);
    const sink = jsonSink({ file: taken });
    assert.throws(
      () => {
        for (const event of sample?.events ?? []) sink.handle(event);
      },
      { code: 'EISDIR' },
    );
    assert.deepEqual(readdirSync(own), ['report.json']);
  });
});
