import type { EventOf, Sink } from '../core/event.ts';
import type { RunInfo } from '../core/run.ts';
import { AtomicDocument } from './atomic-document.ts';

export interface JsonOptions {
  /** Absolute; its directory must exist. */
  readonly file: string;
}

/** Raised only when a field changes its meaning or goes; new fields may come without it. */
const SCHEMA_VERSION = 1;

/**
 * Writes `report.json` at the end of the run, as `schemas/report-1.schema.json` describes it. Units
 * stand in the order in which they finished, one a line.
 */
export function jsonSink(options: JsonOptions): Sink {
  const document = new AtomicDocument(options.file);
  let run: RunInfo | null = null;
  let units = 0;
  return {
    name: 'report.json',
    handle(event) {
      switch (event.type) {
        case 'run-started':
          run = event.run;
          break;
        case 'unit-finished':
          document.append(`${units === 0 ? '' : ','}\n    ${JSON.stringify(event.unit)}`);
          units += 1;
          break;
        case 'run-finished':
          if (run === null) throw new Error('run-finished came without run-started');
          document.finish(head(run, event), units === 0 ? ']\n}\n' : '\n  ]\n}\n');
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

function head(run: RunInfo, end: EventOf<'run-finished'>): string {
  const { id, number, startedAt, workers, tier, shard, seed, host, planHash, suites } = run;
  const described = {
    id,
    number,
    startedAt,
    durationMs: end.durationMs,
    exitCode: end.exitCode,
    stopped: end.stopped,
    workers,
    tier,
    shard,
    seed,
    host,
    planHash,
    suites,
    version: run.version,
  };
  return `{
  "schemaVersion": ${SCHEMA_VERSION},
  "run": ${JSON.stringify(described)},
  "totals": ${JSON.stringify(end.totals)},
  "units": [`;
}
