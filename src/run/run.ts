import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { EventOf, RunEvent, Sink } from '../core/event.ts';
import { EXIT, graverStatus, statusOfMutatedTree } from '../core/exit-status.ts';
import type { UnitResult } from '../core/attempt.ts';
import type { RunEnd, RunInfo, Shard } from '../core/run.ts';
import { type Trip, describeTrip, isMutation } from '../core/trip.ts';
import type { Unit } from '../core/unit.ts';
import { acquireLease } from '../lease/acquire-lease.ts';
import type { Order } from '../plan/order.ts';
import { type Plan, type PlanInput, makePlan } from '../plan/plan.ts';
import { selectUnits } from '../plan/select.ts';
import { type SinkFailure, fanOut } from '../report/fan-out.ts';
import { thisOwner } from './claim.ts';
import { type DispatchOptions, Dispatcher } from './dispatcher.ts';
import { emptyShardNotices, isEmptyShard } from './empty-shard.ts';
import { Executor } from './executor.ts';
import { newHolder } from './holder.ts';
import { thisHost } from './host.ts';
import { LeaseLine } from './lease-line.ts';
import { listUnits } from './list-units.ts';
import { needsBy, type NeedsRule } from './needs.ts';
import { ownerText } from './owner-text.ts';
import type { ResolvedSuite } from './resolve-suites.ts';
import type { Notice } from './notice.ts';
import { createRunDirectory, removeRunDirectory } from './run-directory.ts';
import { newRunId, type StateDirectory } from './state-directory.ts';
import { openIsolator } from '../sandbox/isolation/open-isolator.ts';
import type { Again } from '../report/rerun-command.ts';
import { type HangWishes, hangAfter } from './hang-after.ts';
import type { WarmPorts } from '../sandbox/isolation/warm-processes.ts';
import { SetUp, type SetUpStep } from './set-up.ts';
import { type Isolation, Surroundings } from './surroundings.ts';

export interface RunOptions extends Omit<DispatchOptions, 'emptyShard'> {
  readonly version: string;
  readonly projectRoot: string;
  readonly state: StateDirectory;
  /** The environment that attempts start from, scrubbed. */
  readonly env: Readonly<Record<string, string>>;
  readonly suites: readonly ResolvedSuite[];
  /** What the user named; everything where nothing is named. */
  readonly selectors: readonly string[];
  /** Where the user stands, absolute and real. */
  readonly cwd: string;
  readonly order: Order;
  /** Null for a new one. */
  readonly seed: number | null;
  readonly shard: Shard | null;
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly graceMs: number;
  /** Processors that this process may use. */
  readonly processors: number;
  /** What attempts have for themselves, and the strongest tier that is to be tried. */
  readonly isolation: Isolation;
  /** What units need that others use, too. */
  readonly needs: readonly NeedsRule[];
  /** How long a unit waits for that, milliseconds. */
  readonly leaseWaitMs: number;
  /** What is done once before the first unit. */
  readonly setUp: readonly SetUpStep[];
  /** Whether pytest may be loaded once and forked for each unit; not where each has its own home. */
  readonly warm: boolean;
  /** When a unit that stands still is looked at, and what is done with it. */
  readonly hang: HangWishes;
  /** What a command that runs some of the units again needs beside their paths. */
  readonly again: Again;
  /** What came up before the run began; part of its record. */
  readonly notices: readonly Notice[];
}

/** What is known of faults, asked while the run goes on. */
export interface LedgerPort {
  /** The unit with what of its failures is tolerated. */
  settle(unit: UnitResult): UnitResult;
  /** What is to be told at the end, and whether the policy makes a green run red. */
  finish(run: RunInfo): { readonly notices: readonly Notice[]; readonly red: boolean };
}

export interface RunPorts {
  readonly ledger: LedgerPort;
  /** What is known of the past, for the plan. */
  readonly known: Pick<PlanInput, 'durations' | 'lastOutcomes'>;
  /** Enters the run into the history, which gives it its number. */
  register(run: RunInfo): RunInfo;
  /** Progress while the suite is listed or built. */
  say(line: string): void;
  /** Makes the sinks of the run, once its directory is there; the one that talks to people last. */
  sinks(run: RunContext): readonly Sink[];
  /** Aborted by an interrupt while the suite is still being listed. */
  readonly signal: AbortSignal;
  /** Given the dispatcher's interrupt handler as soon as there is something to interrupt. */
  onInterruptible(interrupt: (signal: 'SIGINT' | 'SIGTERM') => void): void;
}

/** What a sink may need to know of its run. */
export interface RunContext {
  readonly runId: string;
  readonly runDir: string;
  readonly plan: Plan;
  readonly around: Surroundings;
}

export interface RunResult extends RunEnd {
  readonly runDir: string;
  readonly info: RunInfo;
  readonly sinkFailures: readonly SinkFailure[];
}

/** Runs the suites to their end: lists, plans, runs and records every unit. */
export async function runSuites(options: RunOptions, ports: RunPorts): Promise<RunResult> {
  const runId = newRunId(options.state);
  const { workers, isolation, projectRoot } = options;
  const isolator = await openIsolator(
    {
      runId,
      owner: ownerText(thisOwner()),
      projectRoot,
      say: (line) => ports.say(line),
      signal: ports.signal,
    },
    isolation,
  );
  const holder = newHolder(runId, { ...isolation, engine: isolator.engine });
  const runDir = createRunDirectory(options.state, holder);
  const seed = options.seed ?? randomInt(2 ** 31);
  const around = await Surroundings.open(holder, workers, isolation, isolator);
  ports.say(`tier ${around.tier.name}: ${around.tier.because}`);
  if (isolator.kind !== 'process') ports.say(`isolation ${isolator.kind}: ${isolator.because}`);
  const plan = await makeRunPlan({ runId, runDir, around }, seed, options, ports);
  const info = ports.register(runInfo({ runId, around, plan, seed }, options));
  const context = { runId, runDir, plan, around };
  const sinks = fanOut(ports.sinks(context), systemClock);
  const emit = (event: RunEvent): void => sinks.handle(event);
  emit({ type: 'run-started', at: systemClock.wall(), run: info, planned: plan.mine.length });
  for (const { unit, expectedMs } of plan.mine) {
    emit({ type: 'unit-planned', at: systemClock.wall(), unit, expectedMs });
  }
  for (const notice of [...options.notices, ...emptyShardNotices(plan, options.shard)]) {
    emit({ type: 'notice', at: systemClock.wall(), ...notice });
  }
  const setUp = new SetUp({
    ...options,
    runId,
    runDir,
    tier: around.tier,
    hangAfterMs: hangAfter([], options.hang, new Map()),
    signal: ports.signal,
    notice: (notice) => emit({ type: 'notice', at: systemClock.wall(), ...notice }),
  });
  const unready = await setUp.perform(options.setUp);
  let mutated = false;
  const files = plan.mine.flatMap(({ unit: { file } }) => file ?? []);
  around.watch(
    { ...options, files },
    {
      clock: systemClock,
      onTrip: (trip) => {
        mutated ||= isMutation(trip);
        emit(tripNotice(trip));
      },
    },
  );
  if (options.warm && !options.isolation.home) {
    const notice: WarmPorts['notice'] = (level, code, message) =>
      emit({ type: 'notice', at: systemClock.wall(), level, code, message });
    around.warmUp({ dir: join(runDir, 'warm'), notice });
  }
  const dispatched = await dispatch({ ...context, unready }, options, ports, emit);
  await setUp.tearDown();
  for (const notice of await around.close(options.graceMs)) {
    emit({ type: 'notice', at: systemClock.wall(), ...notice });
  }
  const { notices, red } = ports.ledger.finish(info);
  for (const notice of notices) emit({ type: 'notice', at: systemClock.wall(), ...notice });
  const status = graverStatus(dispatched.exitCode, red ? EXIT.flaky : EXIT.passed);
  const end = { ...dispatched, exitCode: mutated ? statusOfMutatedTree(status) : status };
  emit({ type: 'run-finished', at: systemClock.wall(), ...end });
  return { ...end, runDir, info, sinkFailures: await sinks.close() };
}

/** Lists and plans; a run that comes to no plan leaves no directory. */
async function makeRunPlan(
  { runId, runDir, around }: Omit<RunContext, 'plan'>,
  seed: number,
  options: RunOptions,
  ports: RunPorts,
): Promise<Plan> {
  try {
    const listed = await listUnits(options.suites, {
      env: options.env,
      runId,
      scratch: join(runDir, 'scratch'),
      hangAfterMs: hangAfter([], options.hang, new Map()),
      hangsDir: options.state.hangsDir,
      tier: around.tier,
      say: (line) => ports.say(line),
      signal: ports.signal,
    });
    return planOf(listed, seed, options, ports);
  } catch (error) {
    for (const { message } of await around.close(0)) ports.say(message);
    removeRunDirectory(options.state, runId);
    throw error;
  }
}

function tripNotice(trip: Trip): EventOf<'notice'> {
  const message = describeTrip(trip);
  // What nobody can be blamed for may be anybody's on this machine: it is recorded, and no more.
  const level = isMutation(trip) ? 'error' : trip.culprit === null ? 'info' : 'warning';
  const at = trip.at ?? systemClock.wall();
  return { type: 'notice', at, level, code: `tripped-${trip.kind}`, message, trip };
}

function planOf(listed: readonly Unit[], seed: number, options: RunOptions, ports: RunPorts): Plan {
  const { projectRoot, cwd, selectors } = options;
  return makePlan({
    units: selectUnits(listed, selectors, { projectRoot, cwd }),
    ...ports.known,
    seed,
    order: options.order,
    shard: options.shard,
    workers: options.workers,
  });
}

function runInfo(
  run: Pick<RunContext, 'runId' | 'around' | 'plan'> & { readonly seed: number },
  options: RunOptions,
): RunInfo {
  return {
    id: run.runId,
    number: null,
    startedAt: new Date(systemClock.wall()).toISOString(),
    workers: options.workers,
    tier: run.around.tier.name,
    isolation: run.around.isolator.kind,
    shard: options.shard,
    seed: run.seed,
    host: thisHost(options.processors),
    planHash: run.plan.planHash,
    suites: options.suites.map(({ info }) => info),
    watched: options.isolation.tripwires,
    root: options.projectRoot,
    owner: thisOwner(),
    version: options.version,
  };
}

function needsOfSuite({ suite, request }: ResolvedSuite): NeedsRule {
  return { suite: suite.name, match: [], needs: request.needs };
}

/** Runs the plan's units over the workers; every executor's messages go to the one dispatcher. */
async function dispatch(
  context: RunContext & { readonly unready: string | null },
  options: RunOptions,
  ports: RunPorts,
  emit: (event: RunEvent) => void,
): Promise<RunEnd> {
  const { plan } = context;
  const dispatcher = new Dispatcher(
    plan.mine.map(({ unit }) => unit),
    new Map(options.suites.map((suite) => [suite.suite.name, suite])),
    { ...options, emptyShard: isEmptyShard(plan) },
    {
      clock: systemClock,
      emit,
      settle: (unit) => ports.ledger.settle(unit),
      leases: (own) =>
        new LeaseLine({
          ...own,
          needs: needsBy([...options.suites.map(needsOfSuite), ...options.needs]),
          acquire: async ({ name, limit }, signal) =>
            await acquireLease({ key: name, limit, wait: options.leaseWaitMs, signal }),
        }),
      later: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      start: (spec) => {
        const executor = new Executor(spec, {
          runId: context.runId,
          runDir: context.runDir,
          env: options.env,
          around: context.around,
          clock: systemClock,
          graceMs: options.graceMs,
          hang: {
            afterMs: hangAfter(spec.units, options.hang, ports.known.durations),
            onHang: options.hang.onHang,
          },
          again: options.again,
          post: (message) => dispatcher.handle(message),
        });
        void executor.run();
        return executor;
      },
    },
  );
  ports.onInterruptible((signal) => dispatcher.interrupt(signal));
  if (context.unready !== null) dispatcher.giveUp(context.unready);
  return await dispatcher.run();
}
