import type { AttemptOutcome } from '../core/outcome.ts';
import type { Verdict } from '../core/verdict.ts';
import { sampleProgress } from '../hang/progress.ts';
import type { EndedByUs } from '../outcome/judge.ts';
import type { Member } from '../process/member.ts';
import type { Isolated } from '../sandbox/isolation/isolator.ts';
import type { AttemptsOfJob } from './attempts-of-job.ts';
import { Deadline } from './deadline.ts';
import { HangCare, type HangCarePorts, type Part, rootFirst } from './hang-care.ts';
import type { JobFiles } from './job-files.ts';
import type { JobSpec, JobUnit } from './messages.ts';
import { ResultsTail } from './results-tail.ts';
import { areTestsOver } from './tests-over.ts';
import { treeOfWorker } from './worker-tree.ts';

export interface JobWatchPorts extends Pick<
  HangCarePorts,
  'afterMs' | 'onHang' | 'reproduce' | 'wall' | 'notice'
> {
  readonly attempts: AttemptsOfJob;
  readonly files: JobFiles;
  /**
   * It is to be ended.
   *
   * @param culprit the id of the unit that it is laid at
   * @param part what is looked at before; all of it unless that is known
   */
  end(cause: EndedByUs, culprit: string | null, part?: Part): void;
}

/**
 * Watches the process of one job while it runs: which of its units has begun, how long each may
 * take, and whether anything moves.
 */
export class JobWatch {
  readonly #child: Isolated;
  readonly #spec: JobSpec;
  readonly #ports: JobWatchPorts;
  readonly #hangs: HangCare;
  #tail: ResultsTail | null = null;
  /** In a batch: a limit for the stretches in which no unit runs. */
  #idle: Deadline | null = null;
  /** In a batch: the pid of the worker that was given a file, where its framework has told. */
  readonly #workers = new Map<string | null, number>();

  constructor(child: Isolated, spec: JobSpec, ports: JobWatchPorts) {
    this.#child = child;
    this.#spec = spec;
    this.#ports = ports;
    const { attempts, files } = ports;
    this.#hangs = new HangCare(child, {
      ...ports,
      limitMs: spec.timeoutMs,
      dir: files.dir,
      written: files.written,
      told: () => ({ testsOver: areTestsOver(files.results, spec.token) }),
      onStandstill: (found) => {
        const [culprit = null] = attempts.running();
        ports.end({ kind: 'standstill', ...found }, culprit);
      },
    });
  }

  /** Starts the clocks: the unit's own, or a batch's by what it reports. */
  begin(): void {
    const { attempts, files } = this.#ports;
    const begin = (unit: JobUnit): void => {
      this.#idle?.clear();
      attempts.begin(unit, this.#child, this.#deadline(unit));
    };
    if (this.#spec.framework.launching === 'each') {
      begin(this.#spec.units[0]);
      return;
    }
    this.#watchIdle();
    this.#tail = new ResultsTail(files.results, this.#spec.token, (record) => {
      if (record.type === 'unit-worker') this.#workers.set(record.unit, record.pid);
      const told = attempts.record(record);
      if (told === 'over' && attempts.running().length === 0) this.#watchIdle();
      if (told !== 'over' && told !== null) begin(told);
    });
  }

  /** Looks at it, then ends it with this grace. */
  async end(cause: EndedByUs, graceMs: number, part?: Part): Promise<void> {
    await this.#hangs.end(cause, graceMs, part);
  }

  /** Cuts a look short. */
  hurry(): void {
    this.#hangs.hurry();
  }

  /** The cause, with what the look that was taken for it proved. */
  decided(cause: EndedByUs | null): EndedByUs | null {
    if (cause?.kind !== 'time-limit' || !this.#hangs.isProvenAtLimit()) return cause;
    return { ...cause, proven: true };
  }

  /** See {@link HangCare.verdict}. */
  verdict(outcome: AttemptOutcome): Verdict | null {
    return this.#hangs.verdict(outcome);
  }

  /** Nothing has a limit any more. */
  clearDeadlines(): void {
    this.#idle?.clear();
    this.#ports.attempts.clearDeadlines();
  }

  /** Its process has ended; resolves when nobody looks any more and all that it told is known. */
  async over(): Promise<void> {
    await this.#hangs.over();
    this.#tail?.read();
    this.#tail?.close();
  }

  #watchIdle(): void {
    this.#idle?.clear();
    this.#idle = this.#deadline(null);
  }

  #deadline(unit: JobUnit | null): Deadline {
    return new Deadline(
      this.#spec.timeoutMs,
      async () => {
        const members = await this.#child.members();
        const own = this.#workerOf(unit, members);
        const pids = (own ?? members).map(({ pid }) => pid);
        // Who else runs in this process writes into the same files; its own writes are its I/O.
        return sampleProgress(pids, own === null ? this.#ports.files.written : []);
      },
      (over) => {
        const part = async (): Promise<readonly Member[]> => {
          const members = await this.#child.members();
          return this.#workerOf(unit, members) ?? rootFirst(members);
        };
        this.#ports.end({ kind: 'time-limit', ...over }, unit?.unit.id ?? null, part);
      },
    );
  }

  /** The worker that runs a unit, and what came from it; null where that can't be told. */
  #workerOf(unit: JobUnit | null, members: readonly Member[]): readonly Member[] | null {
    const pid = unit === null ? undefined : this.#workers.get(unit.unit.file);
    return pid === undefined ? null : treeOfWorker(members, pid);
  }
}
