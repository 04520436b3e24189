import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, type Leak, unitResult } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import type { EventOf, RunEvent, Sink } from '../core/event.ts';
import { exitStatus } from '../core/exit-status.ts';
import { uuidv7 } from '../core/ids.ts';
import { type RunInfo, type Totals, countUnit, emptyTotals } from '../core/run.ts';
import type { Unit } from '../core/unit.ts';
import { isAlive } from '../process/proc-stat.ts';
import { type SinkFailure, fanOut } from '../report/fan-out.ts';
import { readEvents } from '../report/read-events.ts';
import { removeEmptyWorlds, removeWorlds } from '../sandbox/world.ts';
import { claim, ownerLives } from './claim.ts';
import { type EndPorts, endRemains } from './end-remains.ts';
import { type Holder, readHolder } from './holder.ts';
import { removeRunDirectory, sweepRunDirectories } from './run-directory.ts';
import { type StateDirectory, listRuns } from './state-directory.ts';

/** A run whose Pindown died, closed now. */
export interface Recovered {
  readonly runId: string;
  readonly number: number | null;
  /** Units that had not come to an end. */
  readonly lost: number;
  /** Processes that were still there, ended now. */
  readonly ended: readonly Leak[];
  /** What could not be given back to the machine, and why. */
  readonly faults: readonly string[];
  readonly sinkFailures: readonly SinkFailure[];
}

export interface RecoverPorts extends EndPorts {
  readonly clock: Clock;
  /** Continues the run's event file. */
  recorder(runDir: string): Sink;
  /** Everything else that is made from the events: they are replayed to these. */
  reports(runDir: string): readonly Sink[];
  /** A run's directory that could not be read: what and why. */
  unreadable(runDir: string, error: unknown): void;
  /** What an earlier Pindown left that could not be removed, and why. */
  fault(message: string): void;
}

/**
 * Closes the runs whose Pindown died before it could (`kill -9`, a power cut): ends what is still
 * there of theirs, gives every unit that had not ended the outcome `lost`, and writes the reports.
 * A run whose Pindown is alive is left alone.
 */
export async function recoverDeadRuns(
  state: StateDirectory,
  ports: RecoverPorts,
): Promise<readonly Recovered[]> {
  const recovered: Recovered[] = [];
  for (const fault of sweepRunDirectories(state)) ports.fault(fault);
  for (const runId of listRuns(state)) {
    const runDir = join(state.runsDir, runId);
    // The report is the last thing that a run writes.
    if (existsSync(join(runDir, 'report.json'))) continue;
    try {
      const closed = existsSync(join(runDir, 'events.ndjson'))
        ? await recoverRun(runDir, ports)
        : await clearAway(state, runId, ports);
      if (closed !== null) recovered.push(closed);
    } catch (error) {
      ports.unreadable(runDir, error);
    }
  }
  return recovered;
}

async function recoverRun(runDir: string, ports: RecoverPorts): Promise<Recovered | null> {
  const file = join(runDir, 'events.ndjson');
  const remains = await readRemains(file);
  if (remains === null || ownerLives(remains.run.owner) || !claim(runDir)) return null;
  const { id: runId, number, owner } = remains.run;
  const holder = readHolder(runDir);
  const left = { runId, owner, cgroups: holder?.cgroups ?? [] };
  const { leaks, faults } = await endRemains(runDir, left, leadersOf(remains), ports);
  const kept = holder?.worlds == null ? null : clearWorldsOfDead(holder.worlds, runId);
  const reports = fanOut(ports.reports(runDir), ports.clock);
  for await (const event of readEvents(file)) reports.handle(event);
  const record = fanOut([ports.recorder(runDir)], ports.clock);
  const lost = remains.units.size;
  if (!remains.finished) {
    for (const event of closingEvents(remains, ports.clock)) {
      record.handle(event);
      reports.handle(event);
    }
  }
  const sinkFailures = [...(await record.close()), ...(await reports.close())];
  return { runId, number, lost, ended: leaks, faults: withFault(faults, kept), sinkFailures };
}

/** A run that had not come to its plan: what it had started is ended, and it leaves no trace. */
async function clearAway(
  state: StateDirectory,
  runId: string,
  ports: RecoverPorts,
): Promise<Recovered | null> {
  const runDir = join(state.runsDir, runId);
  const holder = readHolder(runDir);
  if (holder === null || ownerLives(holder.owner) || !claim(runDir)) return null;
  const { leaks, faults } = await endRemains(runDir, holder, new Set(), ports);
  const kept = holder.worlds === null ? null : removeWorlds(holder.worlds.root, runId);
  removeRunDirectory(state, runId);
  const all = withFault(faults, kept);
  if (leaks.length + all.length === 0) return null;
  return { runId, number: null, lost: 0, ended: leaks, faults: all, sinkFailures: [] };
}

/** What it kept of attempts that came to no end is evidence, unless none was to be kept. */
function clearWorldsOfDead(
  { root, keep }: NonNullable<Holder['worlds']>,
  runId: string,
): string | null {
  return keep === 'none' ? removeWorlds(root, runId) : removeEmptyWorlds(root, runId);
}

function withFault(faults: readonly string[], more: string | null): readonly string[] {
  return more === null ? faults : [...faults, more];
}

interface OpenUnit {
  readonly unit: Unit;
  readonly attempts: Map<string, Attempt>;
  open: EventOf<'attempt-started'> | null;
}

/** What the event file says of a run up to where it breaks off. */
interface Remains {
  readonly run: RunInfo;
  /** The units that were not finished. */
  readonly units: Map<string, OpenUnit>;
  readonly totals: Totals;
  readonly startedAt: number;
  lastAt: number;
  finished: boolean;
}

async function readRemains(file: string): Promise<Remains | null> {
  let remains: Remains | null = null;
  for await (const event of readEvents(file)) {
    if (event.type === 'run-started') {
      remains = {
        run: event.run,
        units: new Map(),
        totals: emptyTotals(),
        startedAt: event.at,
        lastAt: event.at,
        finished: false,
      };
    } else if (remains !== null) {
      remains.lastAt = Math.max(remains.lastAt, event.at);
      fold(remains, event);
    }
  }
  return remains;
}

function fold(remains: Remains, event: RunEvent): void {
  switch (event.type) {
    case 'unit-planned':
      remains.units.set(event.unit.id, { unit: event.unit, attempts: new Map(), open: null });
      return;
    case 'attempt-started': {
      const state = remains.units.get(event.unitId);
      if (state !== undefined) state.open = event;
      return;
    }
    case 'attempt-finished': {
      const state = remains.units.get(event.attempt.unitId);
      if (state === undefined) return;
      state.attempts.set(event.attempt.id, event.attempt);
      if (state.open?.attemptId === event.attempt.id) state.open = null;
      return;
    }
    case 'unit-finished':
      remains.units.delete(event.unit.id);
      countUnit(remains.totals, event.unit);
      return;
    case 'run-finished':
      remains.finished = true;
      return;
    case 'run-started':
    case 'notice':
    case 'interrupted':
  }
}

/** The first processes of attempts that were under way, where they are still the same. */
function leadersOf(remains: Remains): ReadonlySet<number> {
  const leaders = new Set<number>();
  for (const { open } of remains.units.values()) {
    if (open === null || open.startTime === null || !isAlive(open.pid, open.startTime)) continue;
    leaders.add(open.pid);
  }
  return leaders;
}

function* closingEvents(remains: Remains, clock: Clock): Generator<RunEvent> {
  const at = clock.wall();
  for (const { unit, attempts, open } of remains.units.values()) {
    if (open !== null || attempts.size === 0) {
      const attempt = lostAttempt(unit, attempts.size + 1, open, remains.lastAt);
      attempts.set(attempt.id, attempt);
      yield { type: 'attempt-finished', at, attempt };
    }
    const result = unitResult(unit, [...attempts.values()]);
    countUnit(remains.totals, result);
    yield { type: 'unit-finished', at, unit: result };
  }
  yield {
    type: 'run-finished',
    at,
    totals: remains.totals,
    durationMs: remains.lastAt - remains.startedAt,
    exitCode: exitStatus(remains.totals, {
      failOnFlaky: false,
      interrupt: null,
      tooManyFlaky: false,
    }),
    stopped: 'Pindown died; closed on the next start',
  };
}

function lostAttempt(
  unit: Unit,
  number: number,
  open: EventOf<'attempt-started'> | null,
  lastAt: number,
): Attempt {
  return {
    id: open?.attemptId ?? uuidv7(),
    unitId: unit.id,
    number: open?.number ?? number,
    outcome: 'lost',
    exitCode: null,
    signal: null,
    startedAt: open === null ? null : new Date(open.at).toISOString(),
    durationMs: open === null ? 0 : Math.max(0, lastAt - open.at),
    reason:
      open === null
        ? 'not started: Pindown died before its turn came'
        : `Pindown died while it ran as pid ${open.pid}`,
    tests: [],
    errors: [],
    retry: null,
    leaks: [],
    verdict: null,
    evidence: [],
    slot: open?.slot ?? null,
    batchSize: 1,
  };
}
