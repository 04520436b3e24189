import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Ending } from '../core/ending.ts';
import { describeFault } from '../core/errors.ts';
import { sampleProgress } from '../hang/progress.ts';
import type { Collected, Job } from '../frameworks/framework.ts';
import type { EndedByUs, Observed } from '../outcome/judge.ts';
import { fileSize } from '../process/census.ts';
import { LINEAGE } from '../process/lineage.ts';
import type { Member } from '../process/member.ts';
import { SpawnFailure } from '../process/spawn-failure.ts';
import { attemptVariables } from '../sandbox/environment.ts';
import {
  INFRA_FAILURE_FILE,
  infraFailureFile,
  readInfraFailures,
} from '../sandbox/infra-failures.ts';
import type { Isolated } from '../sandbox/isolation/isolator.ts';
import type { Suspect } from '../sandbox/tripwires/presence.ts';
import type { World } from '../sandbox/world.ts';
import { type Again, rerunCommand } from '../report/rerun-command.ts';
import { AttemptsOfJob } from './attempts-of-job.ts';
import { Deadline, type DeadlineOver } from './deadline.ts';
import { NO_RESULTS } from './end-of-units.ts';
import type { FaultLook } from './fault-looks.ts';
import type { OnHang } from './hang-after.ts';
import { HangCare, rootFirst } from './hang-care.ts';
import { HANG_FILES } from './hang-looks.ts';
import { lastLineOf } from './last-line.ts';
import { leaseVariables } from './lease-variables.ts';
import type { ExecutorMessage, JobHandle, JobSpec, JobUnit } from './messages.ts';
import { ResultsTail } from './results-tail.ts';
import type { Surroundings } from './surroundings.ts';
import { areTestsOver } from './tests-over.ts';
import { treeOfWorker } from './worker-tree.ts';

export interface ExecutorPorts {
  readonly runId: string;
  /** The run's directory; attempts live in `attempts/<token>/` below it. */
  readonly runDir: string;
  /** The environment that attempts start from. */
  readonly env: Readonly<Record<string, string>>;
  readonly around: Pick<Surroundings, 'faults' | 'isolator' | 'tier' | 'tripwires' | 'worlds'>;
  readonly clock: Clock;
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly graceMs: number;
  /** When the tree is looked at for standing still, milliseconds, and what is done then. */
  readonly hang: { readonly afterMs: number; readonly onHang: OnHang };
  /** What a command that runs some of the units again needs beside their paths. */
  readonly again: Again;
  post(message: ExecutorMessage): void;
}

interface JobFiles {
  readonly stdout: string;
  readonly stderr: string;
  readonly results: string;
}

/**
 * The states of a job's process, in order. Every transition is made in one place:
 * starting → running → ending (only if we end it) → settling → over.
 */
type State =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly child: Isolated }
  | {
      readonly kind: 'ending';
      readonly child: Isolated;
      readonly culprit: string | null;
      readonly cause: EndedByUs;
    }
  | { readonly kind: 'settling'; readonly child: Isolated }
  | { readonly kind: 'over' };

/**
 * Runs one job: starts its process, watches it, ends it where it must be, waits until what it left
 * is gone, reads its results, and says for each of its units what its attempt came to.
 */
export class Executor implements JobHandle {
  readonly #spec: JobSpec;
  readonly #ports: ExecutorPorts;
  readonly #dir: string;
  readonly #files: JobFiles;
  readonly #single: boolean;
  readonly #look: FaultLook;
  readonly #attempts: AttemptsOfJob;
  #state: State = { kind: 'starting' };
  /** In a batch: a limit for the stretches in which no unit runs. */
  #idle: Deadline | null = null;
  #world: World = { dir: null, env: {} };
  #suspect: Suspect | null = null;
  /** What came before there was a process to do it to. */
  #early: { readonly because: string; readonly graceMs: number } | null = null;
  #killEarly = false;
  #hangs: HangCare | null = null;
  /** In a batch: the pid of the worker that was given a file, where its framework has told. */
  readonly #workers = new Map<string | null, number>();

  constructor(spec: JobSpec, ports: ExecutorPorts) {
    this.#spec = spec;
    this.#ports = ports;
    this.#single = spec.framework.launching === 'each';
    this.#dir = join(ports.runDir, 'attempts', spec.token);
    this.#files = {
      stdout: join(this.#dir, 'stdout.log'),
      stderr: join(this.#dir, 'stderr.log'),
      results: join(this.#dir, 'results.ndjson'),
    };
    this.#look = ports.around.faults.enter();
    this.#attempts = new AttemptsOfJob(spec, {
      clock: ports.clock,
      look: this.#look,
      declared: () => readInfraFailures(infraFailureFile(this.#dir)),
      post: (message) => ports.post(message),
      verdict: (outcome) => this.#hangs?.verdict(outcome) ?? null,
      evidence: (green) => this.#evidence(green),
    });
  }

  /** Runs the job to its end; never rejects: a fault of ours is an outcome, too. */
  async run(): Promise<void> {
    let givenBack: readonly string[] = [];
    try {
      givenBack = await this.#execute();
    } catch (error) {
      await this.#abandon();
      await this.#attempts.finishAll(refusal(error));
    }
    this.#look.ended();
    this.#state = { kind: 'over' };
    this.#leaveWorld();
    this.#ports.post({ type: 'job-finished', token: this.#spec.token, givenBack });
  }

  /** Ends it as cancelled; where it is already being ended, that has no longer than this grace. */
  cancel(because: string, graceMs: number): void {
    switch (this.#state.kind) {
      case 'starting':
        this.#early = { because, graceMs };
        return;
      case 'running':
        this.#end({ kind: 'cancelled', because }, null, graceMs);
        return;
      case 'ending':
      case 'settling':
        this.#hangs?.hurry();
        this.#state.child.end(graceMs);
        return;
      case 'over':
    }
  }

  killNow(): void {
    this.#killEarly = true;
    this.#hangs?.hurry();
    if ('child' in this.#state) this.#state.child.killNow();
  }

  async #execute(): Promise<string[]> {
    const { framework, leases, suite, units, token } = this.#spec;
    const { isolator, tier } = this.#ports.around;
    await isolator.clear(token);
    mkdirSync(this.#dir);
    const job = {
      token,
      suite,
      units: units.map(({ unit }) => unit),
      resultsFile: this.#files.results,
      dir: this.#dir,
      width: this.#spec.slots.length,
    };
    const launch = framework.command(job);
    this.#world = this.#ports.around.worlds.make(this.#dir, this.#spec.slots[0]);
    // So that a permit is not given away while the unit runs on after we were killed.
    const permits = leases.flatMap(({ descriptor }) => descriptor ?? []);
    const child = await isolator.start({
      spec: {
        argv: launch.argv,
        cwd: launch.cwd,
        env: this.#environment(launch.env),
        stdoutFile: this.#files.stdout,
        stderrFile: this.#files.stderr,
        inherit: permits,
      },
      tier,
      token,
      dir: this.#dir,
      world: this.#world.dir,
      // Another attempt has nothing in common with the first, not even a seed of Python's hashes.
      ...(launch.warm !== undefined && units[0].number === 1 && permits.length === 0
        ? { warm: launch.warm }
        : {}),
    });
    this.#state = { kind: 'running', child };
    void child.orphaned?.then((because) => this.#end({ kind: 'orphaned', because }, null, 0));
    const { tripwires } = this.#ports.around;
    this.#suspect = { running: () => this.#attempts.running(), members: () => child.members() };
    tripwires.enter(this.#suspect);
    this.#hangs = this.#careFor(child);
    const tail = this.#follow(child);
    if (this.#early !== null) this.cancel(this.#early.because, this.#early.graceMs);
    if (this.#killEarly) child.killNow();
    const ending = await child.ended;
    this.#attempts.processEnded();
    await this.#hangs.over();
    tail?.read();
    tail?.close();
    const { cause, culprit } = this.#settling(child);
    const { leaks, fault, refused } = await child.settle(this.#ports.graceMs);
    if (fault !== null) this.#notice('not-given-back', fault);
    this.#look.ended();
    const trips = await tripwires.leave(this.#suspect);
    if (refused !== undefined) {
      await this.#attempts.finishAll(refusal(refused));
      return [];
    }
    const collected = await this.#collect(job, ending);
    const explained = ending.exitCode === 0 || [...collected.values()].every(({ ended }) => ended);
    const { stdout, stderr } = this.#files;
    const lastLine = explained ? null : (lastLineOf(stderr) ?? lastLineOf(stdout));
    return await this.#attempts.judgeAll({
      ending,
      cause,
      culprit,
      leaks,
      collected,
      lastLine,
      trips,
    });
  }

  #settling(child: Isolated): { cause: EndedByUs | null; culprit: string | null } {
    const { cause, culprit } =
      this.#state.kind === 'ending' ? this.#state : { cause: null, culprit: null };
    this.#clearDeadlines();
    this.#state = { kind: 'settling', child };
    return { cause, culprit };
  }

  /** Results that can't be read are no reason to doubt what the kernel said: they are missing. */
  async #collect(job: Job, ending: Ending): Promise<ReadonlyMap<string, Collected>> {
    const { stdout, stderr } = this.#files;
    try {
      return await this.#spec.framework.collect(job, {
        ending,
        stdoutFile: stdout,
        stderrFile: stderr,
      });
    } catch (error) {
      const unreadable = `its results could not be read: ${describeFault(error)}`;
      return new Map(job.units.map(({ id }) => [id, { ...NO_RESULTS, errors: [unreadable] }]));
    }
  }

  /** A fault of ours must not leave the process behind. */
  async #abandon(): Promise<void> {
    this.#clearDeadlines();
    if (!('child' in this.#state)) return;
    const { child } = this.#state;
    child.end(this.#ports.graceMs);
    await child.ended;
    await this.#hangs?.over();
    const { fault } = await child.settle(this.#ports.graceMs);
    if (fault !== null) this.#notice('not-given-back', fault);
    if (this.#suspect !== null) await this.#ports.around.tripwires.leave(this.#suspect);
  }

  #environment(added: Readonly<Record<string, string | null>>): Record<string, string> {
    const env: Record<string, string> = {
      ...this.#ports.env,
      ...this.#world.env,
      ...this.#spec.suite.env,
      ...attemptVariables({
        runId: this.#ports.runId,
        token: this.#spec.token,
        slot: this.#spec.slots[0],
        outerLineage: this.#ports.env[LINEAGE],
      }),
      ...leaseVariables(this.#spec.leases),
      [INFRA_FAILURE_FILE]: infraFailureFile(this.#dir),
    };
    for (const [name, value] of Object.entries(added)) {
      if (value === null) delete env[name];
      else env[name] = value;
    }
    return env;
  }

  /** Starts the clocks of a new process: the unit's own, or a batch's by what it reports. */
  #follow(child: Isolated): ResultsTail | null {
    const begin = (unit: JobUnit): void => {
      this.#idle?.clear();
      this.#attempts.begin(unit, child, this.#deadline(child, unit));
    };
    if (this.#single) {
      begin(this.#spec.units[0]);
      return null;
    }
    this.#watchIdle(child);
    return new ResultsTail(this.#files.results, this.#spec.token, (record) => {
      if (record.type === 'unit-worker') this.#workers.set(record.unit, record.pid);
      const told = this.#attempts.record(record);
      if (told === 'over' && this.#attempts.running().length === 0) this.#watchIdle(child);
      if (told !== 'over' && told !== null) begin(told);
    });
  }

  #watchIdle(child: Isolated): void {
    this.#idle?.clear();
    this.#idle = this.#deadline(child, null);
  }

  #deadline(child: Isolated, unit: JobUnit | null): Deadline {
    return new Deadline(
      this.#spec.timeoutMs,
      async () => {
        const members = await child.members();
        const own = this.#workerOf(unit, members);
        const pids = (own ?? members).map(({ pid }) => pid);
        // Who else runs in this process writes into the same files; its own writes are its I/O.
        return sampleProgress(pids, own === null ? this.#written() : []);
      },
      (over: DeadlineOver) => {
        const part = async (): Promise<readonly Member[]> => {
          const members = await child.members();
          return this.#workerOf(unit, members) ?? rootFirst(members);
        };
        const { graceMs } = this.#ports;
        this.#end({ kind: 'time-limit', ...over }, unit?.unit.id ?? null, graceMs, part);
      },
    );
  }

  /** The worker that runs a unit, and what came from it; null where that can't be told. */
  #workerOf(unit: JobUnit | null, members: readonly Member[]): readonly Member[] | null {
    const pid = unit === null ? undefined : this.#workers.get(unit.unit.file);
    return pid === undefined ? null : treeOfWorker(members, pid);
  }

  /**
   * Ends the process; only the first cause counts.
   *
   * @param part what of it is looked at before; all of it unless that is known
   */
  #end(
    cause: EndedByUs,
    culprit: string | null,
    graceMs: number,
    part?: () => Promise<readonly Member[]>,
  ): void {
    if (this.#state.kind !== 'running') return;
    const { child } = this.#state;
    this.#state = { kind: 'ending', child, cause, culprit };
    this.#clearDeadlines();
    void this.#hangs?.end(cause, graceMs, part);
  }

  #careFor(child: Isolated): HangCare {
    const paths = this.#spec.units.map(({ unit }) => unit.path);
    return new HangCare(child, {
      ...this.#ports.hang,
      limitMs: this.#spec.timeoutMs,
      dir: this.#dir,
      reproduce: rerunCommand(paths, paths.length, this.#ports.again)?.command ?? '',
      written: this.#written(),
      wall: () => this.#ports.clock.wall(),
      told: () => ({ testsOver: areTestsOver(this.#files.results, this.#spec.token) }),
      onStandstill: (found) => {
        const [culprit = null] = this.#attempts.running();
        this.#end({ kind: 'standstill', ...found }, culprit, this.#ports.graceMs);
      },
      notice: (code, message) => this.#notice(code, `${paths.join(', ')}: ${message}`),
    });
  }

  #written(): readonly string[] {
    return [this.#files.stdout, this.#files.stderr, this.#files.results];
  }

  #leaveWorld(): void {
    const fault = this.#ports.around.worlds.leave(this.#world, this.#attempts.areGreen());
    if (fault !== null) this.#notice('not-removed', fault);
  }

  #notice(code: string, message: string): void {
    this.#ports.post({ type: 'notice', token: this.#spec.token, code, message });
  }

  /** What this job left for people: its files that hold something, and its world if it is kept. */
  #evidence(green: boolean): string[] {
    const { stdout, stderr, results } = this.#files;
    const kept = this.#ports.around.worlds.kept(this.#world, green);
    return [
      ...[stdout, stderr, results, ...HANG_FILES.map((name) => join(this.#dir, name))]
        .filter((file) => fileSize(file) > 0)
        .map((file) => `attempts/${this.#spec.token}/${basename(file)}`),
      ...(kept === null ? [] : [kept]),
    ];
  }

  #clearDeadlines(): void {
    this.#idle?.clear();
    this.#attempts.clearDeadlines();
  }
}

/** Why no process of the job came to its end. */
function refusal(error: unknown): Extract<Observed, { kind: 'spawn-failed' }> {
  return error instanceof SpawnFailure
    ? { kind: 'spawn-failed', because: error.message, fault: error.fault }
    : {
        kind: 'spawn-failed',
        because: `Pindown could not run it: ${describeFault(error)}`,
        fault: null,
      };
}
