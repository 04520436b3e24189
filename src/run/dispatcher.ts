import { type Attempt, isExcused, unitResult } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import type { RunEvent } from '../core/event.ts';
import { exitStatus } from '../core/exit-status.ts';
import { uuidv7 } from '../core/ids.ts';
import { type AttemptOutcome, isGreen } from '../core/outcome.ts';
import { type RunEnd, countUnit, emptyTotals } from '../core/run.ts';
import type { Unit } from '../core/unit.ts';
import type { Framework, Suite } from '../frameworks/framework.ts';
import type { ExecutorMessage, JobHandle, JobSpec, JobUnit } from './messages.ts';
import { Queue } from './queue.ts';
import { RuleRetries } from './rule-retries.ts';
import { Slots } from './slots.ts';

export interface DispatchOptions {
  readonly workers: number;
  /** Attempts beyond the first that a unit may have. */
  readonly retries: number;
  /** For each unit, milliseconds. */
  readonly timeoutMs: number;
  /** Stop once so many units have failed; null for never. */
  readonly failFast: number | null;
  /** Stop once more than so many units were flaky; null for never. */
  readonly maxFlaky: number | null;
  readonly failOnFlaky: boolean;
  /** It is given no units, but other shards of the plan have some. */
  readonly emptyShard: boolean;
}

/** A suite with its adapter and what of the general options it overrides. */
export interface RunSuite {
  readonly suite: Suite;
  readonly framework: Framework;
  readonly timeoutMs: number | null;
  readonly retries: number | null;
}

export interface DispatcherPorts {
  readonly clock: Clock;
  emit(event: RunEvent): void;
  /** Runs something after so many milliseconds; returns what takes that back. */
  later(ms: number, run: () => void): () => void;
  /** Starts an executor; its messages come back through {@link Dispatcher.handle}. */
  start(spec: JobSpec): JobHandle;
}

/**
 * Outcomes that the user's `--retries` gives another attempt in a fresh process. A hang or a
 * time-out is not among them: it would cost its whole limit again and only hide the evidence.
 */
const RETRIED: ReadonlySet<AttemptOutcome> = new Set([
  'failed',
  'errored',
  'crashed',
  'contradicted',
]);

/** After an interrupt CI gives 7.5 s in all: so long may trees take to end on SIGTERM. */
const INTERRUPT_GRACE_MS = 3_000;

/** npm hands a terminal's Ctrl-C on a second time; within so many ms it is the same one. */
const SAME_INTERRUPT_MS = 250;

interface UnitState {
  readonly unit: Unit;
  /** By id, in order: a batch may finish an attempt twice, and the later one holds. */
  readonly attempts: Map<string, Attempt>;
  /** How long it waits before its next attempt, where a rule grants one. */
  pauseMs: number;
  /** No further attempt can come to anything else. */
  settled: boolean;
}

type FinishedAttempt = Extract<ExecutorMessage, { type: 'attempt-finished' }>;

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
  readonly #units = new Map<string, UnitState>();
  readonly #jobs = new Map<string, RunningJob>();
  /** Units that wait for a rule's pace, by the token of the process that they were started in. */
  readonly #pausing = new Map<string, Pausing>();
  readonly #ruleRetries: RuleRetries;
  readonly #totals = emptyTotals();
  readonly #end = Promise.withResolvers<RunEnd>();
  readonly #since: number;
  #notGreen = 0;
  #stopped: { readonly why: string; readonly tooManyFlaky: boolean } | null = null;
  #interrupts: { readonly signal: 'SIGINT' | 'SIGTERM'; times: number; lastAt: number } | null =
    null;

  constructor(
    units: readonly Unit[],
    suites: ReadonlyMap<string, RunSuite>,
    options: DispatchOptions,
    ports: DispatcherPorts,
  ) {
    this.#options = options;
    this.#ports = ports;
    this.#suites = suites;
    this.#since = ports.clock.monotonic();
    this.#slots = new Slots(options.workers);
    this.#ruleRetries = new RuleRetries(units.length);
    for (const unit of units) {
      this.#units.set(unit.id, { unit, attempts: new Map(), pauseMs: 0, settled: false });
    }
    this.#queue = new Queue(units, (unit) => this.#suiteOf(unit).framework.launching === 'batch');
  }

  /** Runs everything; settles when every unit is finished. */
  run(): Promise<RunEnd> {
    this.#fill();
    return this.#end.promise;
  }

  /** Nothing can be run: every unit that has not been started is cancelled. */
  giveUp(why: string): void {
    this.#stop(why, false);
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
      case 'attempt-finished': {
        const attempt = this.#ruled(message);
        this.#state(attempt.unitId).attempts.set(attempt.id, attempt);
        this.#ports.emit({ type: 'attempt-finished', at: this.#ports.clock.wall(), attempt });
        return;
      }
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
  interrupt(signal: 'SIGINT' | 'SIGTERM'): void {
    const now = this.#ports.clock.monotonic();
    if (this.#interrupts !== null && now - this.#interrupts.lastAt < SAME_INTERRUPT_MS) return;
    this.#interrupts ??= { signal, times: 0, lastAt: now };
    this.#interrupts.times += 1;
    this.#interrupts.lastAt = now;
    this.#ports.emit({
      type: 'interrupted',
      at: this.#ports.clock.wall(),
      signal,
      times: this.#interrupts.times,
    });
    if (this.#interrupts.times > 1) {
      for (const { handle } of this.#jobs.values()) handle.killNow();
    } else {
      this.#stop(`interrupted by ${signal}`, false);
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
    if (this.#jobs.size + this.#queue.size + this.#pausing.size === 0) this.#finishRun();
  }

  #start(units: readonly Unit[], { suite, framework, timeoutMs }: RunSuite): void {
    const [first, ...rest] = units.map((unit): JobUnit => {
      const state = this.#state(unit.id);
      return { unit, attemptId: uuidv7(), number: state.attempts.size + 1 };
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
    };
    this.#jobs.set(spec.token, { handle: this.#ports.start(spec), spec });
  }

  #jobFinished(token: string, givenBack: readonly string[]): void {
    const { spec } = this.#job(token);
    this.#jobs.delete(token);
    this.#slots.release(spec.slots);
    const back = new Set(givenBack);
    const excused: UnitState[] = [];
    for (const { unit } of spec.units) {
      if (back.has(unit.id)) continue;
      const state = this.#state(unit.id);
      if (this.#isExcused(state)) excused.push(state);
      else this.#decide(state);
    }
    // What came before them in the batch may have stopped the run.
    if (this.#stopped !== null) for (const state of excused) this.#finishUnit(state);
    else if (excused.length > 0) this.#pause(token, excused, spec.units.length);
    const waiting = spec.units.filter(({ unit }) => back.has(unit.id)).map(({ unit }) => unit);
    if (this.#stopped === null) this.#queue.giveBack(waiting);
    else for (const unit of waiting) this.#cancelUnstarted(unit, this.#stopped.why);
    this.#fill();
  }

  /** The attempt with what the rules come to: run again by one, or not excused and why. */
  #ruled({ token, attempt, excuse }: FinishedAttempt): Attempt {
    if (excuse === null || this.#stopped !== null) return attempt;
    const { rule, because } = excuse;
    const state = this.#state(attempt.unitId);
    const not = (why: string): Attempt => ({
      ...attempt,
      reason: `${attempt.reason}; not excused by ${rule.name}: ${why}`,
    });
    if (excuse.kind === 'refused') {
      state.settled ||= excuse.final;
      return not(because);
    }
    const answer = this.#ruleRetries.ask(token, attempt.unitId, excuse);
    if (!answer.granted) return not(answer.because);
    state.pauseMs = answer.delayMs;
    if (rule.narrows) this.#narrow(because);
    return { ...attempt, retry: { rule: rule.name, because } };
  }

  #narrow(because: string): void {
    const before = this.#slots.total;
    const text = this.#slots.narrow()
      ? `from now on ${this.#slots.total} instead of ${before} units run at once`
      : 'one unit runs at once already';
    this.#warn('machine-too-small', `the machine is too small for this run: ${because}; ${text}`);
  }

  /** After an attempt: another one, or the unit is finished. */
  #decide(state: UnitState): void {
    const last = [...state.attempts.values()].at(-1);
    if (last === undefined) throw new Error(`${state.unit.id} ended without an attempt`);
    if (this.#stopped !== null) this.#finishUnit(state);
    else if (this.#mayRunAgain(state, last)) this.#queue.retry(state.unit);
    else this.#finishUnit(state);
  }

  /** By a rule's pace; what was started together comes back together. */
  #pause(token: string, states: readonly UnitState[], batchSize: number): void {
    const units = states.map(({ unit }) => unit);
    const longest = Math.max(...states.map(({ pauseMs }) => pauseMs));
    const takeBack = this.#ports.later(longest, () => {
      this.#pausing.delete(token);
      if (batchSize > 1) this.#queue.giveBack(units);
      else for (const unit of units) this.#queue.retry(unit);
      this.#fill();
    });
    this.#pausing.set(token, { units, takeBack });
  }

  #isExcused({ attempts }: UnitState): boolean {
    const last = [...attempts.values()].at(-1);
    return this.#stopped === null && last !== undefined && isExcused(last);
  }

  #mayRunAgain(state: UnitState, last: Attempt): boolean {
    // Cut off by a neighbour in its batch: it has not had its turn yet.
    if (last.outcome === 'cancelled') return true;
    const counted = [...state.attempts.values()].filter(
      (attempt) => attempt.outcome !== 'cancelled' && !isExcused(attempt),
    );
    if (state.settled) return false;
    const retries = this.#suiteOf(state.unit).retries ?? this.#options.retries;
    return RETRIED.has(last.outcome) && counted.length <= retries;
  }

  #finishUnit(state: UnitState): void {
    const result = unitResult(state.unit, [...state.attempts.values()]);
    this.#units.delete(state.unit.id);
    countUnit(this.#totals, result);
    this.#ports.emit({ type: 'unit-finished', at: this.#ports.clock.wall(), unit: result });
    const { failFast, maxFlaky } = this.#options;
    if (!isGreen(result.outcome) && result.outcome !== 'no-tests') this.#notGreen += 1;
    if (failFast !== null && this.#notGreen >= failFast) {
      this.#stop(`--fail-fast ${failFast}: ${this.#notGreen} failed`, false);
    }
    if (maxFlaky !== null && this.#totals.flaky > maxFlaky) {
      this.#stop(`--max-flaky ${maxFlaky}: ${this.#totals.flaky} were flaky`, true);
    }
  }

  #stop(why: string, tooManyFlaky: boolean): void {
    if (this.#stopped !== null) return;
    this.#stopped = { why, tooManyFlaky };
    for (const { handle } of this.#jobs.values()) handle.cancel(why, INTERRUPT_GRACE_MS);
    const pausing = [...this.#pausing.values()];
    this.#pausing.clear();
    for (const { takeBack } of pausing) takeBack();
    const waiting = [...pausing.flatMap(({ units }) => units), ...this.#queue.drain()];
    for (const unit of waiting) this.#cancelUnstarted(unit, why);
  }

  /** A unit that will have no (further) attempt: it is accounted for all the same. */
  #cancelUnstarted(unit: Unit, because: string): void {
    const state = this.#state(unit.id);
    const attempt: Attempt = {
      id: uuidv7(),
      unitId: unit.id,
      number: state.attempts.size + 1,
      outcome: 'cancelled',
      exitCode: null,
      signal: null,
      startedAt: null,
      durationMs: 0,
      reason: `not started: ${because}`,
      tests: [],
      errors: [],
      retry: null,
      leaks: [],
      verdict: null,
      evidence: [],
      slot: null,
      batchSize: 1,
    };
    state.attempts.set(attempt.id, attempt);
    this.#ports.emit({ type: 'attempt-finished', at: this.#ports.clock.wall(), attempt });
    this.#finishUnit(state);
  }

  #finishRun(): void {
    if (this.#units.size > 0) {
      throw new Error(
        `${this.#units.size} units were never finished: ${[...this.#units.keys()].slice(0, 5).join(', ')}`,
      );
    }
    this.#end.resolve({
      totals: this.#totals,
      durationMs: this.#ports.clock.monotonic() - this.#since,
      exitCode: exitStatus(this.#totals, {
        failOnFlaky: this.#options.failOnFlaky,
        emptyShard: this.#options.emptyShard,
        interrupt: this.#interrupts?.signal ?? null,
        tooManyFlaky: this.#stopped?.tooManyFlaky ?? false,
      }),
      stopped: this.#stopped?.why ?? null,
    });
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

  #state(unitId: string): UnitState {
    const state = this.#units.get(unitId);
    if (state === undefined) throw new Error(`no unit ${unitId} is under way`);
    return state;
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
