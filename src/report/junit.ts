import type { EventOf, Sink } from '../core/event.ts';
import type { RunInfo } from '../core/run.ts';
import { AtomicDocument } from './atomic-document.ts';
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
export function junitSink(options: JunitOptions): Sink {
  const document = new AtomicDocument(options.file);
  const sums = zeroCounters();
  let run: RunInfo | null = null;
  return {
    name: 'junit.xml',
    handle(event) {
      switch (event.type) {
        case 'run-started':
          run = event.run;
          break;
        case 'unit-finished': {
          if (run === null) throw new Error('unit-finished came without run-started');
          const { markup, counters } = testSuite(event.unit, run, options.runDir);
          document.append(markup);
          sums.tests += counters.tests;
          sums.failures += counters.failures;
          sums.errors += counters.errors;
          sums.skipped += counters.skipped;
          break;
        }
        case 'run-finished':
          document.finish(head(run, sums, event), '</testsuites>\n');
          break;
        case 'unit-planned':
        case 'attempt-started':
        case 'attempt-finished':
        case 'notice':
        case 'interrupted':
          break;
      }
    },
    close: () => document.release(),
  };
}

function head(run: RunInfo | null, sums: Counters, end: EventOf<'run-finished'>): string {
  const attributes = {
    name: 'pindown',
    ...sums,
    time: seconds(end.durationMs),
    timestamp: run?.startedAt ?? null,
  };
  const opening = element('testsuites', attributes).replace(/\/>$/, '>');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${opening}\n`;
}
