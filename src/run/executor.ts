import { mkdirSync } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import type { Ending } from '../core/ending.ts';
import { describeFault } from '../core/errors.ts';
import type { Collected, Job } from '../frameworks/framework.ts';
import type { EndedByUs, Observed } from '../outcome/judge.ts';
import { SpawnFailure } from '../process/spawn-failure.ts';
import { infraFailureFile, readInfraFailures } from '../sandbox/infra-failures.ts';
import type { Isolated } from '../sandbox/isolation/isolator.ts';
import type { Suspect } from '../sandbox/tripwires/presence.ts';
import type { World } from '../sandbox/world.ts';
import { type Again, rerunCommand } from '../report/rerun-command.ts';
import { AttemptsOfJob } from './attempts-of-job.ts';
import { NO_RESULTS } from './end-of-units.ts';
import type { FaultLook } from './fault-looks.ts';
import type { OnHang } from './hang-after.ts';
import type { Part } from './hang-care.ts';
import { jobEnvironment } from './job-environment.ts';
import { JobFiles } from './job-files.ts';
import { JobWatch } from './job-watch.ts';
import { lastLineOf } from './last-line.ts';
import type { ExecutorMessage, JobHandle, JobSpec } from './messages.ts';
import type { Surroundings } from './surroundings.ts';

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
  readonly #files: JobFiles;
  readonly #look: FaultLook;
  readonly #attempts: AttemptsOfJob;
  #state: State = { kind: 'starting' };
  #world: World = { dir: null, env: {} };
  #suspect: Suspect | null = null;
  /** What came before there was a process to do it to. */
  #early: { readonly because: string; readonly graceMs: number } | null = null;
  #killEarly = false;
  #watch: JobWatch | null = null;

  constructor(spec: JobSpec, ports: ExecutorPorts) {
    this.#spec = spec;
    this.#ports = ports;
    this.#files = new JobFiles(ports.runDir, spec.token);
    this.#look = ports.around.faults.enter();
    this.#attempts = new AttemptsOfJob(spec, {
      clock: ports.clock,
      look: this.#look,
      declared: () => readInfraFailures(infraFailureFile(this.#files.dir)),
      post: (message) => ports.post(message),
      verdict: (outcome) => this.#watch?.verdict(outcome) ?? null,
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
        this.#watch?.hurry();
        this.#state.child.end(graceMs);
        return;
      case 'over':
    }
  }

  killNow(): void {
    this.#killEarly = true;
    this.#watch?.hurry();
    if ('child' in this.#state) this.#state.child.killNow();
  }

  async #execute(): Promise<string[]> {
    const { framework, leases, suite, units, token } = this.#spec;
    const { around, env, runId } = this.#ports;
    const { isolator, tier, tripwires, worlds } = around;
    const { dir } = this.#files;
    await isolator.clear(token);
    mkdirSync(dir);
    const job = {
      token,
      suite,
      units: units.map(({ unit }) => unit),
      resultsFile: this.#files.results,
      dir,
      width: this.#spec.slots.length,
    };
    const launch = framework.command(job);
    this.#world = worlds.make(dir, this.#spec.slots[0]);
    // So that a permit is not given away while the unit runs on after we were killed.
    const permits = leases.flatMap(({ descriptor }) => descriptor ?? []);
    const child = await isolator.start({
      spec: {
        argv: launch.argv,
        cwd: launch.cwd,
        env: jobEnvironment(this.#spec, {
          runId,
          env,
          world: this.#world.env,
          dir,
          launch: launch.env,
        }),
        stdoutFile: this.#files.stdout,
        stderrFile: this.#files.stderr,
        inherit: permits,
      },
      tier,
      token,
      dir,
      world: this.#world.dir,
      // Another attempt has nothing in common with the first, not even a seed of Python's hashes.
      ...(launch.warm !== undefined && units[0].number === 1 && permits.length === 0
        ? { warm: launch.warm }
        : {}),
    });
    this.#state = { kind: 'running', child };
    void child.orphaned?.then((because) => this.#end({ kind: 'orphaned', because }, null, 0));
    this.#suspect = { running: () => this.#attempts.running(), members: () => child.members() };
    tripwires.enter(this.#suspect);
    this.#watch = this.#watchOver(child);
    this.#watch.begin();
    if (this.#early !== null) this.cancel(this.#early.because, this.#early.graceMs);
    if (this.#killEarly) child.killNow();
    const ending = await child.ended;
    this.#attempts.processEnded();
    await this.#watch.over();
    const { cause: first, culprit } = this.#settling(child);
    const cause = this.#watch.decided(first);
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
    this.#watch?.clearDeadlines();
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
    this.#watch?.clearDeadlines();
    if (!('child' in this.#state)) return;
    const { child } = this.#state;
    child.end(this.#ports.graceMs);
    await child.ended;
    await this.#watch?.over();
    const { fault } = await child.settle(this.#ports.graceMs);
    if (fault !== null) this.#notice('not-given-back', fault);
    if (this.#suspect !== null) await this.#ports.around.tripwires.leave(this.#suspect);
  }

  /**
   * Ends the process; only the first cause counts.
   *
   * @param part what of it is looked at before; all of it unless that is known
   */
  #end(cause: EndedByUs, culprit: string | null, graceMs: number, part?: Part): void {
    if (this.#state.kind !== 'running') return;
    const { child } = this.#state;
    this.#state = { kind: 'ending', child, cause, culprit };
    this.#watch?.clearDeadlines();
    void this.#watch?.end(cause, graceMs, part);
  }

  #watchOver(child: Isolated): JobWatch {
    const paths = this.#spec.units.map(({ unit }) => unit.path);
    const { hang, again, clock, graceMs } = this.#ports;
    return new JobWatch(child, this.#spec, {
      ...hang,
      attempts: this.#attempts,
      files: this.#files,
      reproduce: rerunCommand(paths, paths.length, again)?.command ?? '',
      wall: () => clock.wall(),
      end: (cause, culprit, part) => this.#end(cause, culprit, graceMs, part),
      notice: (code, message) => this.#notice(code, `${paths.join(', ')}: ${message}`),
    });
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
    const kept = this.#ports.around.worlds.kept(this.#world, green);
    return [...this.#files.evidence(), ...(kept === null ? [] : [kept])];
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
