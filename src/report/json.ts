import type { EventOf, Sink } from '../core/event.ts';
import type { RunInfo } from '../core/run.ts';
import { documentSink } from './document-sink.ts';

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
export function jsonSink({ file }: JsonOptions): Sink {
  let units = 0;
  return documentSink({
    name: 'report.json',
    file,
    unit(unit) {
      units += 1;
      return `${units === 1 ? '' : ','}\n    ${JSON.stringify(unit)}`;
    },
    frame: (run, end) => ({ head: head(run, end), tail: units === 0 ? ']\n}\n' : '\n  ]\n}\n' }),
  });
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
    ...(run.isolation === undefined ? {} : { isolation: run.isolation }),
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
