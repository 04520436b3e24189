import type { UnitResult } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import type { RunEvent } from '../core/event.ts';
import { uuidv7 } from '../core/ids.ts';
import type { RunEnd } from '../core/run.ts';
import type { Unit } from '../core/unit.ts';
import type { Framework, Suite } from '../frameworks/framework.ts';
import { type Interrupt, InterruptCount } from './interrupt-count.ts';
import type { LeaseLine, LeaseLinePorts } from './lease-line.ts';
import type { ExecutorMessage, JobHandle, JobSpec, JobUnit } from './messages.ts';
import { Queue } from './queue.ts';
import { RuleRetries } from './rule-retries.ts';
import { Slots } from './slots.ts';
import { type Stop, Tally, type TallyOptions } from './tally.ts';
import { type Next, type Pace, UnitCourse } from './unit-course.ts';

export interface DispatchOptions extends TallyOptions {
  readonly workers: number;
  /** Attempts beyond the first that a unit may have. */
  readonly retries: number;
  /** For each unit, milliseconds. */
  readonly timeoutMs: number;
}

/** A suite with its adapter and what of the general options it overrides. */
export interface RunSuite {
  readonly suite: Suite;
  readonly framework: Framework;
  readonly timeoutMs: number | null;
  readonly retries: number | null;
}

export interface DispatcherPorts {
  /** Makes the line of the units that need what others use, too. */
  leases(ports: Pick<LeaseLinePorts, 'blocked' | 'fault' | 'ready'>): LeaseLine;
  readonly clock: Clock;
  emit(event: RunEvent): void;
  /** A unit that is over, with what of its failures is tolerated. */
  settle(unit: UnitResult): UnitResult;
  /** Runs something after so many milliseconds; returns what takes that back. */
  later(ms: number, run: () => void): () => void;
  /** Starts an executor; its messages come back through {@link Dispatcher.handle}. */
  start(spec: JobSpec): JobHandle;
}

/** After an interrupt CI gives 7.5 s in all: so long may trees take to end on SIGTERM. */
const INTERRUPT_GRACE_MS = 3_000;

interface Pausing {
  readonly units: readonly Unit[];
  readonly takeBack: () => void;
}

interface RunningJob {
  readonly handle: JobHandle;
  readonly spec: JobSpec;
}

/**
 * Owns the state of a run and handles one message at a time: what waits, what runs in which slot,
 * what each unit has come to. It alone decides what runs next, what is retried and when to stop,
 * and it finishes every planned unit exactly once.
 */
export class Dispatcher {
  readonly #options: DispatchOptions;
  readonly #ports: DispatcherPorts;
  readonly #suites: ReadonlyMap<string, RunSuite>;
  readonly #queue: Queue;
  readonly #slots: Slots;
  readonly #units = new Map<string, UnitCourse>();
  readonly #jobs = new Map<string, RunningJob>();
  /** Units that wait for a rule's pace, by the token of the process that they were started in. */
  readonly #pausing = new Map<string, Pausing>();
  readonly #ruleRetries: RuleRetries;
  readonly #leases: LeaseLine;
  readonly #tally: Tally;
  readonly #interrupts = new InterruptCount();
  readonly #end = Promise.withResolvers<RunEnd>();
  #stopped: Stop | null = null;

  constructor(
    units: readonly Unit[],
    suites: ReadonlyMap<string, RunSuite>,
    options: DispatchOptions,
    ports: DispatcherPorts,
  ) {
    this.#options = options;
    this.#ports = ports;
    this.#suites = suites;
    this.#tally = new Tally(options, ports.clock);
    this.#slots = new Slots(options.workers);
    this.#ruleRetries = new RuleRetries(units.length);
    for (const unit of units) this.#units.set(unit.id, new UnitCourse(unit));
    this.#leases = ports.leases({
      ready: (unit) => {
        this.#queue.retry(unit);
        this.#fill();
      },
      blocked: (unit, because) => {
        this.#endUnstarted(unit, 'blocked', because);
        this.#fill();
      },
      fault: (message) => this.#warn('lease-fault', message),
    });
    const free = units.filter((unit) => !this.#leases.take(unit));
    this.#queue = new Queue(free, (unit) => this.#suiteOf(unit).framework.launching === 'batch');
  }

  /** Runs everything; settles when every unit is finished. */
  async run(): Promise<RunEnd> {
    if (this.#stopped === null) this.#leases.advance();
    this.#fill();
    const end = await this.#end.promise;
    await this.#leases.settled();
    return end;
  }

  /** Nothing can be run: every unit that has not been started is cancelled. */
  giveUp(why: string): void {
    this.#stop({ why, tooManyFlaky: false });
  }

  /** Takes one message of an executor. */
  handle(message: ExecutorMessage): void {
    switch (message.type) {
      case 'attempt-started':
        this.#ports.emit({
          type: 'attempt-started',
          at: this.#ports.clock.wall(),
          unitId: message.unit.unit.id,
          attemptId: message.unit.attemptId,
          number: message.unit.number,
          slot: this.#job(message.token).spec.slots[0],
          pid: message.pid,
          startTime: message.startTime,
        });
        return;
      case 'attempt-finished':
        this.#attemptFinished(message);
        return;
      case 'notice':
        this.#warn(message.code, message.message);
        return;
      case 'job-finished':
        this.#jobFinished(message.token, message.givenBack);
    }
  }

  /**
   * The first interrupt ends what runs, with its results kept, and starts nothing more; the second
   * kills at once.
   */
  interrupt(signal: Interrupt): void {
    const times = this.#interrupts.take(signal, this.#ports.clock.monotonic());
    if (times === null) return;
    this.#ports.emit({ type: 'interrupted', at: this.#ports.clock.wall(), signal, times });
    if (times > 1) {
      for (const { handle } of this.#jobs.values()) handle.killNow();
    } else {
      this.#stop({ why: `interrupted by ${signal}`, tooManyFlaky: false });
      this.#fill();
    }
  }

  /** Starts what fits into the free slots; ends the run when nothing is left. */
  #fill(): void {
    while (this.#slots.free > 0 && this.#stopped === null) {
      const units = this.#queue.take(this.#slots.free, this.#slots.total);
      const [first] = units;
      if (first === undefined) break;
      this.#start(units, this.#suiteOf(first));
    }
    const waiting = this.#queue.size + this.#pausing.size + this.#leases.size;
    if (this.#jobs.size + waiting === 0) this.#finishRun();
  }

  #start(units: readonly Unit[], { suite, framework, timeoutMs }: RunSuite): void {
    const [first, ...rest] = units.map((unit): JobUnit => {
      return { unit, attemptId: uuidv7(), number: this.#course(unit.id).nextNumber };
    });
    if (first === undefined) return;
    const alone = rest.length === 0;
    const spec: JobSpec = {
      token: alone ? first.attemptId : uuidv7(),
      suite,
      framework,
      units: [first, ...rest],
      slots: this.#slots.take(alone ? 1 : Math.min(this.#slots.free, units.length)),
      timeoutMs: timeoutMs ?? this.#options.timeoutMs,
      leases: this.#leases.heldBy(first.unit),
    };
    this.#jobs.set(spec.token, { handle: this.#ports.start(spec), spec });
  }

  #jobFinished(token: string, givenBack: readonly string[]): void {
    const { spec } = this.#job(token);
    this.#jobs.delete(token);
    this.#slots.release(spec.slots);
    for (const { unit } of spec.units) void this.#leases.release(unit);
    const back = new Set(givenBack);
    const paused: Unit[] = [];
    let pace: Pace | null = null;
    for (const { unit } of spec.units) {
      if (back.has(unit.id)) continue;
      const next = this.#next(this.#course(unit.id));
      if (next.kind === 'over') this.#finishUnit(unit);
      else if (next.kind === 'again') this.#again(unit);
      else {
        paused.push(unit);
        pace = pace === null || next.pace.delayMs > pace.delayMs ? next.pace : pace;
      }
    }
    // What was decided after them may have stopped the run.
    if (this.#stopped !== null) for (const unit of paused) this.#finishUnit(unit);
    else if (pace !== null) this.#pause(token, paused, pace, spec.units.length > 1);
    const waiting = spec.units.filter(({ unit }) => back.has(unit.id)).map(({ unit }) => unit);
    if (this.#stopped === null) this.#queue.giveBack(waiting);
    else for (const unit of waiting) this.#cancelUnstarted(unit, this.#stopped.why);
    this.#fill();
  }

  #attemptFinished({
    token,
    attempt,
    excuse,
  }: Extract<ExecutorMessage, { type: 'attempt-finished' }>): void {
    const retries = this.#stopped === null ? this.#ruleRetries : null;
    const taken = this.#course(attempt.unitId).take(token, attempt, excuse, retries);
    this.#ports.emit({ type: 'attempt-finished', at: this.#ports.clock.wall(), attempt: taken });
  }

  #narrow(because: string): void {
    const before = this.#slots.total;
    const text = this.#slots.narrow()
      ? `from now on ${this.#slots.total} instead of ${before} units run at once`
      : 'one unit runs at once already';
    this.#warn('machine-too-small', `the machine is too small for this run: ${because}; ${text}`);
  }

  #next(course: UnitCourse): Next {
    if (this.#stopped !== null) return { kind: 'over' };
    return course.next(this.#suiteOf(course.unit).retries ?? this.#options.retries);
  }

  /** By a rule's pace; what was started together comes back together. */
  #pause(token: string, units: readonly Unit[], pace: Pace, together: boolean): void {
    if (pace.narrows !== null) this.#narrow(pace.narrows);
    const takeBack = this.#ports.later(pace.delayMs, () => {
      this.#pausing.delete(token);
      if (together) this.#queue.giveBack(units);
      else for (const unit of units) this.#again(unit);
      this.#fill();
    });
    this.#pausing.set(token, { units, takeBack });
  }

  /** In a fresh process, next; what needs what others use has to wait for it again. */
  #again(unit: Unit): void {
    if (this.#leases.take(unit)) this.#leases.advance();
    else this.#queue.retry(unit);
  }

  #finishUnit({ id }: Unit): void {
    const result = this.#ports.settle(this.#course(id).result());
    this.#units.delete(id);
    const stop = this.#tally.count(result);
    this.#ports.emit({ type: 'unit-finished', at: this.#ports.clock.wall(), unit: result });
    if (stop !== null) this.#stop(stop);
  }

  #stop(stop: Stop): void {
    if (this.#stopped !== null) return;
    this.#stopped = stop;
    const { why } = stop;
    for (const { handle } of this.#jobs.values()) handle.cancel(why, INTERRUPT_GRACE_MS);
    const pausing = [...this.#pausing.values()];
    this.#pausing.clear();
    for (const { takeBack } of pausing) takeBack();
    const waiting = [
      ...pausing.flatMap(({ units }) => units),
      ...this.#leases.stop(),
      ...this.#queue.drain(),
    ];
    for (const unit of waiting) this.#cancelUnstarted(unit, why);
  }

  /** A unit that will have no (further) attempt: it is accounted for all the same. */
  #cancelUnstarted(unit: Unit, because: string): void {
    this.#endUnstarted(unit, 'cancelled', `not started: ${because}`);
  }

  #endUnstarted(unit: Unit, outcome: 'blocked' | 'cancelled', reason: string): void {
    void this.#leases.release(unit);
    const attempt = this.#course(unit.id).end(outcome, reason);
    this.#ports.emit({ type: 'attempt-finished', at: this.#ports.clock.wall(), attempt });
    this.#finishUnit(unit);
  }

  #finishRun(): void {
    if (this.#units.size > 0) {
      throw new Error(
        `${this.#units.size} units were never finished: ${[...this.#units.keys()].slice(0, 5).join(', ')}`,
      );
    }
    this.#end.resolve(this.#tally.end(this.#stopped, this.#interrupts.first));
  }

  #warn(code: string, message: string): void {
    this.#ports.emit({
      type: 'notice',
      at: this.#ports.clock.wall(),
      level: 'warning',
      code,
      message,
    });
  }

  #course(unitId: string): UnitCourse {
    const course = this.#units.get(unitId);
    if (course === undefined) throw new Error(`no unit ${unitId} is under way`);
    return course;
  }

  #job(token: string): RunningJob {
    const job = this.#jobs.get(token);
    if (job === undefined) throw new Error(`no job ${token} is under way`);
    return job;
  }

  #suiteOf(unit: Unit): RunSuite {
    const suite = this.#suites.get(unit.suite);
    if (suite === undefined) throw new Error(`no suite ${unit.suite}`);
    return suite;
  }
}
