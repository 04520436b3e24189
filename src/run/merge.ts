import { dirname, isAbsolute, join, relative } from 'node:path';
import type { Attempt, UnitResult } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import { environmentError } from '../core/errors.ts';
import type { EventOf, RunEvent, Sink } from '../core/event.ts';
import type { BrokenPart, Part } from '../core/part.ts';
import type { RunEnd, RunInfo, SuiteInfo, Tier } from '../core/run.ts';
import { type Cover, proveCover, shardName } from '../plan/merge.ts';
import { mergedExitStatus } from '../plan/merged-exit-status.ts';
import type { BlobLine } from '../report/blob/format.ts';
import { type SinkFailure, fanOut } from '../report/fan-out.ts';
import { BlobFault, readBlob } from '../report/read-blob.ts';
import { isBroken, scanBlob } from '../report/scan-blob.ts';
import { thisOwner } from './claim.ts';
import { findBlobs } from './find-blobs.ts';

/** Blobs that were proven to be one run, whole. */
export interface ProvenBlobs {
  readonly cover: Cover;
  readonly failOnFlaky: boolean;
}

export interface MergeTarget {
  readonly runId: string;
  /** Absolute; exists. The reports' paths are relative to it. */
  readonly dir: string;
  readonly projectRoot: string;
  readonly version: string;
}

export interface MergeResult extends RunEnd {
  readonly info: RunInfo;
  readonly sinkFailures: readonly SinkFailure[];
}

/**
 * Finds the blobs in the places given and proves that they cover their plan exactly once.
 *
 * @throws PindownError (exit status 6) as `proveCover` does
 */
export async function proveBlobs(places: readonly string[]): Promise<Cover> {
  const found = findBlobs(places);
  const parts: Part[] = [];
  const broken: BrokenPart[] = [...found.broken];
  for (const file of found.files) {
    const part = await scanBlob(file);
    if (isBroken(part)) broken.push(part);
    else parts.push(part);
  }
  return proveCover(parts, broken);
}

/**
 * Replays proven blobs to the sinks as one run with an id of its own, shard after shard, in memory
 * for one unit. Sinks that fail are told of in the result.
 *
 * @throws PindownError (exit status 6) where a blob was changed since it was proven; no sink writes
 *   its report then
 */
export async function mergeRuns(
  { cover, failOnFlaky }: ProvenBlobs,
  target: MergeTarget,
  ports: { readonly clock: Clock; readonly sinks: readonly Sink[] },
): Promise<MergeResult> {
  const info = mergedInfo(cover, target);
  const end = mergedEnd(cover, failOnFlaky);
  const sinks = fanOut(ports.sinks, ports.clock);
  let failures: readonly SinkFailure[] = [];
  try {
    const planned = cover.entries.length;
    sinks.handle({ type: 'run-started', at: firstStart(cover), run: info, planned });
    for (const part of cover.parts) {
      for await (const event of plannedUnits(part)) sinks.handle(event);
    }
    for (const part of cover.parts) {
      for await (const event of happenings(part, target.dir)) sinks.handle(event);
    }
    sinks.handle({ type: 'run-finished', at: lastEnd(cover), ...end });
  } finally {
    failures = await sinks.close();
  }
  return { ...end, info, sinkFailures: failures };
}

async function* plannedUnits(part: Part): AsyncGenerator<EventOf<'unit-planned'>> {
  for await (const line of provenLines(part)) {
    if (line.type === 'unit-planned') yield line;
  }
}

/** What happened in a part, as it is told in the merged run. */
async function* happenings(part: Part, dir: string): AsyncGenerator<RunEvent> {
  for await (const line of provenLines(part)) yield* retold(line, part, dir);
}

async function* provenLines(part: Part): AsyncGenerator<BlobLine> {
  try {
    yield* readBlob(part.file);
  } catch (error) {
    if (!(error instanceof BlobFault)) throw error;
    throw environmentError(
      'merge-changed',
      `${part.file} was changed while it was merged: it ${error.message}.`,
      'Merge again, once nothing writes to it.',
      error,
    );
  }
}

function* retold(line: BlobLine, part: Part, dir: string): Generator<RunEvent> {
  switch (line.type) {
    case 'unit-finished': {
      const unit = withEvidenceFrom(line.unit, dirname(part.file), dir);
      for (const attempt of unit.attempts) yield { type: 'attempt-finished', at: line.at, attempt };
      yield { ...line, unit };
      return;
    }
    case 'notice':
      yield { ...line, message: `${shardName(part)}: ${line.message}` };
      return;
    case 'interrupted': {
      // A notice: it was that part which was interrupted, not the merge.
      const message = `${shardName(part)} was interrupted by ${line.signal}`;
      yield { type: 'notice', at: line.at, level: 'warning', code: 'part-interrupted', message };
      return;
    }
    case 'blob':
    case 'plan':
    case 'run-started':
    case 'unit-planned':
    case 'run-finished':
  }
}

/** Evidence stays where it was brought; its paths lead there from the merged run's directory. */
function withEvidenceFrom(unit: UnitResult, from: string, to: string): UnitResult {
  const moved = (attempt: Attempt): Attempt => ({
    ...attempt,
    evidence: attempt.evidence.map((path) =>
      isAbsolute(path) ? path : relative(to, join(from, path)),
    ),
  });
  return { ...unit, attempts: unit.attempts.map(moved) };
}

function mergedEnd(cover: Cover, failOnFlaky: boolean): RunEnd {
  const stopped = cover.parts.flatMap((part) =>
    part.end.stopped === null ? [] : [`${shardName(part)}: ${part.end.stopped}`],
  );
  const longest = Math.max(...cover.parts.map(({ end }) => end.durationMs));
  return {
    totals: cover.totals,
    // Over machines only wall clocks can be compared; no clock makes it less than one part took.
    durationMs: Math.max(longest, lastEnd(cover) - firstStart(cover)),
    exitCode: mergedExitStatus(cover, failOnFlaky),
    stopped: stopped.length === 0 ? null : stopped.join('; '),
  };
}

function firstStart({ parts }: Cover): number {
  return Math.min(...parts.map(({ startedAt }) => startedAt));
}

function lastEnd({ parts }: Cover): number {
  return Math.max(...parts.map(({ endedAt }) => endedAt));
}

const STRENGTH: readonly Tier[] = ['group', 'subreaper', 'cgroup'];

function mergedInfo(cover: Cover, target: MergeTarget): RunInfo {
  const runs = cover.parts.map(({ run }) => run);
  const [first] = runs;
  if (first === undefined) throw new RangeError('Expected at least one part, got none.');
  const suites = new Map<string, SuiteInfo>();
  for (const run of runs) {
    for (const suite of run.suites) {
      if (!suites.has(suite.name)) suites.set(suite.name, suite);
    }
  }
  return {
    id: target.runId,
    number: null,
    startedAt: new Date(firstStart(cover)).toISOString(),
    workers: runs.reduce((sum, { workers }) => sum + workers, 0),
    // A chain of parts holds as its weakest.
    tier: STRENGTH.find((tier) => runs.some((run) => run.tier === tier)) ?? first.tier,
    shard: null,
    seed: first.seed,
    host: first.host,
    planHash: cover.planHash,
    suites: [...suites.values()],
    root: target.projectRoot,
    owner: thisOwner(),
    version: target.version,
  };
}
