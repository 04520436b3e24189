import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, type Leak, unitResult } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import type { EventOf, RunEvent, Sink } from '../core/event.ts';
import { exitStatus } from '../core/exit-status.ts';
import { uuidv7 } from '../core/ids.ts';
import { type RunInfo, type Totals, countUnit, emptyTotals } from '../core/run.ts';
import type { Unit } from '../core/unit.ts';
import { Census, type Member } from '../process/census.ts';
import { endMembers } from '../process/end-members.ts';
import { bootId, isAlive, readProcStat } from '../process/proc-stat.ts';
import { type SinkFailure, fanOut } from '../report/fan-out.ts';
import { readEvents } from '../report/read-events.ts';
import { claim, ownerLives } from './claim.ts';
import { type StateDirectory, listRuns } from './state-directory.ts';

/** A run whose Pindown died, closed now. */
export interface Recovered {
  readonly runId: string;
  readonly number: number | null;
  /** Units that had not come to an end. */
  readonly lost: number;
  /** Processes that were still there, ended now. */
  readonly ended: readonly Leak[];
  readonly sinkFailures: readonly SinkFailure[];
}

export interface RecoverPorts {
  readonly clock: Clock;
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** Continues the run's event file. */
  recorder(runDir: string): Sink;
  /** Everything else that is made from the events: they are replayed to these. */
  reports(runDir: string): readonly Sink[];
  /** A run's directory that could not be read: what and why. */
  unreadable(runDir: string, error: unknown): void;
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
  for (const runId of listRuns(state)) {
    const runDir = join(state.runsDir, runId);
    // The report is the last thing that a run writes; without events it had not begun.
    if (existsSync(join(runDir, 'report.json'))) continue;
    if (!existsSync(join(runDir, 'events.ndjson'))) continue;
    try {
      const closed = await recoverRun(runDir, ports);
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
  const ended = await endRemains(remains, ports);
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
  return { runId: remains.run.id, number: remains.run.number, lost, ended, sinkFailures };
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

/** Ends the processes of attempts that were under way, where they are provably still the same. */
async function endRemains(remains: Remains, ports: RecoverPorts): Promise<Leak[]> {
  if (remains.run.owner.bootId !== bootId()) return [];
  const census = Census.ofAll();
  const found = new Map<number, Member>();
  const cookie = `PINDOWN_RUN_ID=${remains.run.id}`;
  const leaders = [...remains.units.values()]
    .map(({ open }) => open)
    .filter((open) => open !== null && open.startTime !== null && isAlive(open.pid, open.startTime))
    .map((open) => open?.pid ?? null);
  for (const leader of new Set([null, ...leaders])) {
    for (const member of await census.members({ leader, cookie, outputs: [] }))
      found.set(member.pid, member);
  }
  for (const pid of ourselves()) found.delete(pid);
  return await endMembers([...found.values()], ports.graceMs, ports.signal);
}

/** This process and its ancestors: a Pindown started by a test of the dead run is not its leak. */
function ourselves(): number[] {
  const pids: number[] = [];
  for (let pid = process.pid; pid > 1;) {
    pids.push(pid);
    pid = readProcStat(pid)?.parent ?? 0;
  }
  return pids;
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
