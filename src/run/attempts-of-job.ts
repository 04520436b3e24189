import type { Attempt } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import type { Ending } from '../core/ending.ts';
import type { Declared } from '../core/fault.ts';
import { type AttemptOutcome, isGreen } from '../core/outcome.ts';
import type { Verdict } from '../core/verdict.ts';
import { projectLocation } from '../frameworks/project-path.ts';
import { type ResultRecord, UnitCollector } from '../frameworks/records.ts';
import { type Excuse, excuse } from '../outcome/excuse.ts';
import { type Observed, type Ran, judge } from '../outcome/judge.ts';
import type { Look } from '../outcome/rules/rule.ts';
import type { Deadline } from './deadline.ts';
import { type JobEnd, endOfUnits } from './end-of-units.ts';
import type { ExecutorMessage, JobSpec, JobUnit } from './messages.ts';

/** A unit of the job that has been begun. */
interface Running {
  readonly unit: JobUnit;
  readonly startedAt: number;
  readonly since: number;
  readonly deadline: Deadline;
  readonly collector: UnitCollector;
}

export interface AttemptsPorts {
  readonly clock: Clock;
  post(message: ExecutorMessage): void;
  /** What the rules may look at. */
  readonly look: Look;
  /** What the suite's infrastructure has declared so far. */
  declared(): readonly Declared[];
  /** The cause of an end that we brought about, by what was seen before it. */
  verdict(outcome: AttemptOutcome): Verdict | null;
  /** The files that an attempt of this job leaves for people. */
  evidence(green: boolean): readonly string[];
}

/**
 * What the attempts of one job have come to: begun as its process reports them, reported over while
 * it goes on, and judged at its end. Each change is posted as it comes.
 */
export class AttemptsOfJob {
  readonly #spec: JobSpec;
  readonly #ports: AttemptsPorts;
  readonly #byFile: ReadonlyMap<string | null, JobUnit>;
  readonly #running = new Map<string, Running>();
  /** Attempts that were reported over while the process went on, by unit id. */
  readonly #reported = new Map<string, Attempt>();
  /** When the process ended, by the monotonic clock: what follows is our time, not the test's. */
  #endedAt: number | null = null;

  constructor(spec: JobSpec, ports: AttemptsPorts) {
    this.#spec = spec;
    this.#ports = ports;
    this.#byFile = new Map(spec.units.map((unit) => [unit.unit.file, unit]));
  }

  /** The units that are running; their ids. */
  running(): readonly string[] {
    return [...this.#running.keys()];
  }

  areGreen(): boolean {
    return [...this.#reported.values()].every(({ outcome }) => isGreen(outcome));
  }

  begin(
    unit: JobUnit,
    process: { readonly pid: number; readonly startTime: number | null },
    deadline: Deadline,
  ): void {
    const { clock } = this.#ports;
    const collector = new UnitCollector();
    collector.begun = true;
    this.#running.set(unit.unit.id, {
      unit,
      startedAt: clock.wall(),
      since: clock.monotonic(),
      deadline,
      collector,
    });
    const { pid, startTime } = process;
    this.#ports.post({ type: 'attempt-started', token: this.#spec.token, unit, pid, startTime });
  }

  /**
   * Takes what a batch reports.
   *
   * @returns the unit that it says has begun, to be begun; or that one is over
   */
  record(record: ResultRecord): JobUnit | 'over' | null {
    const unit =
      'unit' in record && record.unit !== null ? this.#byFile.get(record.unit) : undefined;
    if (unit === undefined) return null;
    const running = this.#running.get(unit.unit.id);
    switch (record.type) {
      case 'begin':
      case 'end':
      case 'rest':
      case 'unit-worker':
      case 'unseen':
        return null;
      case 'unit-begin':
        return running === undefined && !this.#reported.has(unit.unit.id) ? unit : null;
      case 'test':
        running?.collector.test({
          ...record,
          location: projectLocation(this.#spec.suite.projectRoot, record.location),
        });
        return null;
      case 'error':
        running?.collector.error(record.message);
        return null;
      case 'unit-end':
      case 'unit-died':
        if (running === undefined) return null;
        running.collector.ended = record.type === 'unit-end';
        this.#finish(unit, reportedOver(running.collector), running, null);
        return 'over';
    }
  }

  /** The process is over: no attempt of it takes longer. */
  processEnded(): void {
    this.#endedAt = this.#ports.clock.monotonic();
  }

  clearDeadlines(): void {
    for (const { deadline } of this.#running.values()) deadline.clear();
  }

  /** Where the process could not be run to its end: every attempt that is open ends as that. */
  async finishAll(refused: Extract<Observed, { kind: 'spawn-failed' }>): Promise<void> {
    const declared = this.#declared();
    for (const unit of this.#spec.units) {
      if (this.#reported.has(unit.unit.id)) continue;
      this.#finish(unit, refused, null, await this.#excuse(unit, refused, declared));
    }
  }

  /** Says for every unit of the job what came of it; returns those that were never begun. */
  async judgeAll(end: JobEnd): Promise<string[]> {
    const units = this.#spec.units.map(({ unit }) => unit);
    const ends = endOfUnits(
      units,
      this.#spec.framework.launching === 'batch',
      { running: new Set(this.#running.keys()), reported: [...this.#reported.keys()] },
      end,
    );
    const declared = this.#declared();
    const givenBack: string[] = [];
    for (const unit of this.#spec.units) {
      const { id } = unit.unit;
      this.#nameRefused(id, end.collected.get(id)?.refused ?? []);
      const facts = ends.get(id) ?? null;
      const reported = this.#reported.get(id);
      if (facts === null) givenBack.push(id);
      else if (reported === undefined) {
        const excused = await this.#excuse(unit, facts, declared);
        this.#finish(unit, facts, this.#running.get(id) ?? null, excused);
      } else this.#amend(reported, facts, end.ending);
    }
    return givenBack;
  }

  /** Whether it was the environment that failed: what the closed list of rules can prove. */
  async #excuse(
    unit: JobUnit,
    facts: Observed,
    declared: readonly Declared[],
  ): Promise<Excuse | null> {
    const { outcome } = judge(facts);
    if (isGreen(outcome) || facts.kind === 'not-started') return null;
    const { file } = unit.unit;
    const ran = facts.kind === 'ran' ? facts : null;
    return await excuse(
      {
        outcome,
        refused: facts.kind === 'spawn-failed' ? facts.fault : null,
        exitCode: ran?.ending?.exitCode ?? null,
        signal: ran?.ending?.signal ?? null,
        endedByUs: ran !== null && ran.endedByUs !== null,
        file,
        unseen: ran?.unseen ?? null,
        tests: ran?.tests ?? [],
        errors: ran?.errors ?? [],
        declared,
      },
      this.#ports.look,
    );
  }

  /**
   * What counts for every unit that is still open. Of several that had begun in one process nobody
   * can tell whose infrastructure it was.
   */
  #declared(): readonly Declared[] {
    const begun = this.#running.size + this.#reported.size;
    return this.#spec.units.length === 1 || begun === 0 ? this.#ports.declared() : [];
  }

  #nameRefused(unitId: string, lines: readonly string[]): void {
    for (const line of lines) {
      const { token } = this.#spec;
      const message = `${unitId}: a line in its results file was refused (${line}); attempt ${token}`;
      this.#ports.post({ type: 'notice', token, code: 'record-refused', message });
    }
  }

  /**
   * Where the end of a batch disagrees with what was reported before it, or shows what stayed
   * behind, the attempt comes a second time, with what is known now.
   */
  #amend(reported: Attempt, facts: Ran, ending: Ending): void {
    const judgement = judge(facts);
    if (judgement.outcome === reported.outcome && facts.leaks.length === 0) return;
    const { exitCode, signal } = ending;
    const { tests, errors, leaks } = facts;
    this.#post({ ...reported, ...judgement, exitCode, signal, tests, errors, leaks }, null);
  }

  #finish(unit: JobUnit, facts: Observed, running: Running | null, excused: Excuse | null): void {
    running?.deadline.clear();
    this.#running.delete(unit.unit.id);
    const judgement = judge(facts);
    const ran = facts.kind === 'ran' ? facts : null;
    const { clock } = this.#ports;
    const attempt: Attempt = {
      id: unit.attemptId,
      unitId: unit.unit.id,
      number: unit.number,
      ...judgement,
      exitCode: ran?.ending?.exitCode ?? null,
      signal: ran?.ending?.signal ?? null,
      startedAt: running === null ? null : new Date(running.startedAt).toISOString(),
      durationMs: running === null ? 0 : (this.#endedAt ?? clock.monotonic()) - running.since,
      tests: ran?.tests ?? [],
      errors: ran?.errors ?? [],
      retry: null,
      leaks: ran?.leaks ?? [],
      verdict:
        ran === null || ran.endedByUs === null ? null : this.#ports.verdict(judgement.outcome),
      evidence: this.#ports.evidence(isGreen(judgement.outcome)),
      slot: this.#spec.slots[0],
      batchSize: this.#spec.units.length,
    };
    this.#post(attempt, excused);
  }

  #post(attempt: Attempt, excused: Excuse | null): void {
    this.#reported.set(attempt.unitId, attempt);
    const { token } = this.#spec;
    this.#ports.post({ type: 'attempt-finished', token, attempt, excuse: excused });
  }
}

/** A unit that its framework reported over, while its process goes on with others. */
function reportedOver(collector: UnitCollector): Ran {
  const { begun, ended, tests, errors, unseen } = collector.finish(true);
  return {
    kind: 'ran',
    ending: null,
    endedByUs: null,
    begun,
    ended,
    tests,
    errors,
    unseen,
    exitAgrees: true,
    leaks: [],
    ranBeside: [],
    lastLine: null,
    trips: [],
    file: '',
  };
}
