import type { EventOf, Sink } from '../core/event.ts';
import type { RunInfo } from '../core/run.ts';
import { documentSink } from './document-sink.ts';
import { type Counters, zeroCounters } from './junit/counters.ts';
import { seconds } from './junit/seconds.ts';
import { testSuite } from './junit/test-suite.ts';
import { element } from './junit/xml.ts';

export interface JunitOptions {
  /** Absolute; its directory must exist. */
  readonly file: string;
  /** Absolute; where the attempts' output lies. */
  readonly runDir: string;
}

/**
 * Writes `junit.xml` at the end of the run: one `<testsuite>` a unit, one `<testcase>` a test, and
 * one for the unit itself where its tests do not explain its outcome.
 */
export function junitSink({ file, runDir }: JunitOptions): Sink {
  const sums = zeroCounters();
  return documentSink({
    name: 'junit.xml',
    file,
    unit(unit, run) {
      const { markup, counters } = testSuite(unit, run, runDir);
      sums.tests += counters.tests;
      sums.failures += counters.failures;
      sums.errors += counters.errors;
      sums.skipped += counters.skipped;
      return markup;
    },
    frame: (run, end) => ({ head: head(run, sums, end), tail: '</testsuites>\n' }),
  });
}

function head(run: RunInfo, sums: Counters, end: EventOf<'run-finished'>): string {
  const attributes = {
    name: 'pindown',
    ...sums,
    time: seconds(end.durationMs),
    timestamp: run.startedAt,
  };
  const opening = element('testsuites', attributes).replace(/\/>$/, '>');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${opening}\n`;
}
