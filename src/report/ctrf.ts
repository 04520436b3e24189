import type { EventOf, Sink } from '../core/event.ts';
import { uuidv7 } from '../core/ids.ts';
import type { RunInfo } from '../core/run.ts';
import { casesOf } from './cases.ts';
import { type CtrfStatus, ctrfTest } from './ctrf/test.ts';
import { documentSink } from './document-sink.ts';

export interface CtrfOptions {
  /** Absolute; its directory must exist. */
  readonly file: string;
}

/**
 * The version of the specification that its author has published with a schema; his own library
 * refuses every other (https://github.com/ctrf-io/ctrf/blob/main/spec/ctrf.md, section 5.2).
 */
const SPEC_VERSION = '0.0.0';

type Summary = Record<CtrfStatus | 'tests' | 'flaky' | 'suites', number>;

/**
 * Writes `ctrf.json` at the end of the run: a Common Test Report Format document. What the format
 * has no field for (outcome, reason, verdict, leaks) stands under `extra`, its keys prefixed with
 * `pindown/`.
 */
export function ctrfSink({ file }: CtrfOptions): Sink {
  const summary: Summary = {
    tests: 0,
    passed: 0,
    failed: 0,
    skipped: 0,
    pending: 0,
    other: 0,
    flaky: 0,
    suites: 0,
  };
  return documentSink({
    name: 'ctrf.json',
    file,
    unit(unit) {
      summary.suites += 1;
      const tests = casesOf(unit).map((entry) => {
        const test = ctrfTest(entry, unit);
        summary.tests += 1;
        summary[test.status] += 1;
        if (test.flaky === true) summary.flaky += 1;
        return `${summary.tests === 1 ? '' : ','}\n${JSON.stringify(test)}`;
      });
      return tests.join('');
    },
    frame: (run, end) => ({ head: head(run, summary, end), tail: '\n]}}\n' }),
  });
}

function head(run: RunInfo, summary: Summary, end: EventOf<'run-finished'>): string {
  const start = Date.parse(run.startedAt);
  const duration = Math.round(end.durationMs);
  const root = {
    reportFormat: 'CTRF',
    specVersion: SPEC_VERSION,
    reportId: uuidv7(end.at),
    runId: run.id,
    timestamp: new Date(end.at).toISOString(),
    generatedBy: `pindown ${run.version}`,
  };
  const results = {
    tool: { name: 'pindown', version: run.version, extra: { 'pindown/suites': run.suites } },
    summary: {
      ...summary,
      start,
      // By the monotonic clock: the wall clock may have stepped back.
      stop: start + duration,
      duration,
      extra: {
        'pindown/totals': end.totals,
        'pindown/exitCode': end.exitCode,
        'pindown/stopped': end.stopped,
      },
    },
    environment: {
      osPlatform: run.host.platform,
      healthy: end.exitCode === 0,
      ...(run.shard === null ? {} : { shardId: `${run.shard.index}/${run.shard.total}` }),
      extra: {
        'pindown/host': run.host,
        'pindown/tier': run.tier,
        'pindown/workers': run.workers,
        'pindown/seed': run.seed,
      },
    },
  };
  // The document is open at both ends: `tests` comes last and is filled from the spool.
  const opened = JSON.stringify({ ...root, results }).slice(0, -2);
  return `${opened},"tests":[`;
}
