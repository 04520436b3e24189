import { setImmediate as turn } from 'node:timers/promises';
import type { Attempt } from '../../src/core/attempt.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { AttemptOutcome } from '../../src/core/outcome.ts';
import type { RunEnd } from '../../src/core/run.ts';
import type { Unit } from '../../src/core/unit.ts';
import type { Framework } from '../../src/frameworks/framework.ts';
import type { Lease, LeaseBlocked } from '../../src/lease/lease.ts';
import type { Excuse } from '../../src/outcome/excuse.ts';
import type { Rule } from '../../src/outcome/rules/rule.ts';
import { Dispatcher, type DispatchOptions, type RunSuite } from '../../src/run/dispatcher.ts';
import { LeaseLine } from '../../src/run/lease-line.ts';
import type { JobHandle, JobSpec } from '../../src/run/messages.ts';

const adapter = (launching: 'each' | 'batch'): Framework => ({
  name: launching === 'each' ? 'command' : 'vitest',
  title: launching,
  unitKind: 'file',
  launching,
  detect: () => Promise.resolve(null),
  list: () => Promise.resolve([]),
  command: () => ({ argv: ['true'], cwd: '/', env: {} }),
  collect: () => Promise.resolve(new Map()),
});

const SUITES: ReadonlyMap<string, RunSuite> = new Map(
  (['each', 'batch'] as const).map((name) => [
    name,
    {
      suite: {
        name,
        framework: 'command' as const,
        projectRoot: '/p',
        dir: '/p',
        args: [],
        env: {},
        version: null,
        data: {},
      },
      framework: adapter(name),
      timeoutMs: null,
      retries: null,
    },
  ]),
);

export const unit = (suite: 'each' | 'batch', index: number): Unit => ({
  id: `${suite}:${index}`,
  suite,
  framework: 'command',
  kind: 'file',
  path: String(index),
  file: `/p/${index}`,
  data: {},
});

const attemptOf = (spec: JobSpec, index: number, outcome: AttemptOutcome): Attempt => {
  const of = spec.units[index]!;
  return {
    id: of.attemptId,
    unitId: of.unit.id,
    number: of.number,
    outcome,
    exitCode: null,
    signal: null,
    startedAt: null,
    durationMs: 1,
    reason: 'simulated',
    tests: [
      { name: 't', occurrence: 1, outcome: 'passed', durationMs: 1, message: null, location: null },
    ],
    errors: [],
    retry: null,
    leaks: [],
    verdict: null,
    evidence: [],
    slot: spec.slots[0],
    batchSize: spec.units.length,
  };
};

const BLOCKED: LeaseBlocked = {
  kind: 'blocked',
  reason: 'held',
  because: 'all permits are taken: 1 holds one',
  holders: 1,
  oldestMs: null,
};

function leaseOf(released: () => void): Lease {
  const release = async (): Promise<'released'> => {
    released();
    return await Promise.resolve('released');
  };
  return {
    kind: 'acquired',
    key: 'db',
    token: 1,
    slot: 0,
    limit: 1,
    backend: 'kernel',
    descriptor: null,
    release,
    [Symbol.asyncDispose]: async () => void (await release()),
  };
}

export interface Simulated {
  readonly spec: JobSpec;
  cancelled: boolean;
}

/** A run whose executors are played by the test: it says when which job comes to what. */
export class Play {
  readonly events: RunEvent[] = [];
  readonly jobs: Simulated[] = [];
  readonly dispatcher: Dispatcher;
  readonly needy: ReadonlySet<string>;
  readonly permits: number;
  /** Who wants a lease, in order. */
  readonly asked: { answer(came: Lease | LeaseBlocked): void }[] = [];
  held = 0;
  /** What was put off, in order. */
  readonly later: (() => void)[] = [];
  /** For how long each time, milliseconds. */
  readonly delays: number[] = [];
  now = 0;
  end: RunEnd | null = null;

  constructor(
    units: readonly Unit[],
    options: Partial<DispatchOptions>,
    needy: readonly number[] = [],
    permits = 1,
  ) {
    this.permits = permits;
    this.needy = new Set(needy.map(String));
    this.dispatcher = new Dispatcher(
      units,
      SUITES,
      {
        workers: 2,
        retries: 1,
        timeoutMs: 1000,
        failFast: null,
        maxFlaky: null,
        failOnFlaky: false,
        emptyShard: false,
        ...options,
      },
      {
        clock: { wall: () => this.now, monotonic: () => this.now },
        emit: (event) => this.events.push(event),
        settle: (result) => result,
        leases: (ports) => {
          const line = new LeaseLine({
            ...ports,
            needs: ({ path }) =>
              this.needy.has(path) ? [{ name: 'db', limit: this.permits }] : [],
            acquire: async (_resource, signal) =>
              await new Promise((resolve) => {
                const asked = { answer: resolve };
                this.asked.push(asked);
                signal.addEventListener('abort', () => {
                  this.asked.splice(this.asked.indexOf(asked), 1);
                  resolve(BLOCKED);
                });
              }),
          });
          return line;
        },
        later: (ms, run) => {
          this.delays.push(ms);
          this.later.push(run);
          return () => {
            this.later.splice(this.later.indexOf(run), 1);
          };
        },
        start: (spec): JobHandle => {
          const job: Simulated = { spec, cancelled: false };
          this.jobs.push(job);
          return {
            cancel: () => {
              job.cancelled = true;
            },
            killNow: () => {
              job.cancelled = true;
            },
          };
        },
      },
    );
    void this.#awaitEnd();
  }

  async #awaitEnd(): Promise<void> {
    this.end = await this.dispatcher.run();
  }

  /** Lets a job end: its first `begun` units come to the outcomes, the others are given back. */
  finish(
    job: Simulated,
    outcomes: readonly AttemptOutcome[],
    begun: number,
    excuse: Excuse | null = null,
  ): void {
    this.jobs.splice(this.jobs.indexOf(job), 1);
    const { spec } = job;
    const count = Math.max(1, Math.min(begun, spec.units.length));
    for (let index = 0; index < count; index += 1) {
      const outcome = job.cancelled ? 'cancelled' : (outcomes[index % outcomes.length] ?? 'passed');
      this.dispatcher.handle({
        type: 'attempt-started',
        token: spec.token,
        unit: spec.units[index]!,
        pid: 1,
        startTime: null,
      });
      this.dispatcher.handle({
        type: 'attempt-finished',
        token: spec.token,
        attempt: attemptOf(spec, index, outcome),
        excuse: outcome === 'passed' ? null : excuse,
      });
    }
    this.dispatcher.handle({
      type: 'job-finished',
      token: spec.token,
      givenBack: spec.units.slice(count).map(({ unit: { id } }) => id),
    });
  }

  /** Answers the first who wants a lease. */
  async lease(granted: boolean): Promise<boolean> {
    const asked = this.asked.shift();
    if (asked === undefined) return false;
    if (granted) this.held += 1;
    asked.answer(granted ? leaseOf(() => (this.held -= 1)) : BLOCKED);
    await turn();
    return true;
  }

  /** Lets the first thing come that was put off. */
  due(): boolean {
    const run = this.later.shift();
    run?.();
    return run !== undefined;
  }

  attemptsOf(unitId: string): Attempt[] {
    return this.events.flatMap((event) =>
      event.type === 'attempt-finished' && event.attempt.unitId === unitId ? [event.attempt] : [],
    );
  }

  finishedUnits(): string[] {
    return this.events.flatMap((event) => (event.type === 'unit-finished' ? [event.unit.id] : []));
  }
}

/** That the environment failed, by this rule's proof. */
export const proven = (rule: Rule): Excuse => ({ kind: 'proven', rule, because: 'seen' });
