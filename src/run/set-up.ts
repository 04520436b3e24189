import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeEnding } from '../core/ending.ts';
import { describeFault } from '../core/errors.ts';
import { uuidv7 } from '../core/ids.ts';
import type { EndedByUs } from '../outcome/judge.ts';
import { setUpFailed } from '../outcome/rules/set-up-failed.ts';
import { LINEAGE } from '../process/lineage.ts';
import { Supervised } from '../process/supervised.ts';
import type { Tier } from '../process/tier/tier.ts';
import { DeadlineError } from '../retry/deadline-error.ts';
import { retryTransient } from '../retry/retry-transient.ts';
import { attemptVariables } from '../sandbox/environment.ts';
import { LOOK_AT_MOST_MS } from './hang-care.ts';
import { lastLineOf } from './last-line.ts';
import type { Notice } from './notice.ts';
import { untilConnected } from './ready.ts';
import { StallCare } from './stall-care.ts';

/** What is to be done once, before the first unit. */
export interface SetUpStep {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  /** It goes on while the units run. */
  readonly service: boolean;
  /** Where it can be connected to once it is ready; null where its end says so. */
  readonly ready: string | null;
  /** Milliseconds until it has ended or is ready. */
  readonly withinMs: number;
}

export interface SetUpContext {
  readonly runId: string;
  readonly runDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tier: Tier;
  readonly graceMs: number;
  /** After so long without any movement a step is looked at, milliseconds. */
  readonly hangAfterMs: number;
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal;
  notice(notice: Notice): void;
}

/** One start of a step did not come to its end. */
class StepFailed extends Error {
  override readonly name: string = 'StepFailed';
}

/** It was ended since nothing in it could go on: no rule has an answer to that. */
class StepHangs extends StepFailed {
  override readonly name = 'StepHangs';
}

interface Started {
  readonly step: SetUpStep;
  readonly child: Supervised;
  readonly care: StallCare;
  /** What it says last is in one of them. */
  readonly outputs: readonly [stdout: string, stderr: string];
}

/** The steps before the first unit, and the services of them that go on until the last one. */
export class SetUp {
  readonly #context: SetUpContext;
  readonly #services: Started[] = [];

  constructor(context: SetUpContext) {
    this.#context = context;
  }

  /**
   * Does the steps in their order. One that fails is done again by the rule `set-up-failed`; no
   * unit has started by then.
   *
   * @returns why no unit can be run; null where all is ready
   */
  async perform(steps: readonly SetUpStep[]): Promise<string | null> {
    for (const step of steps) {
      try {
        await this.#withRule(step);
      } catch (error) {
        if (this.#context.signal.aborted) return 'interrupted during the set-up';
        if (!(error instanceof StepFailed)) throw error;
        return `the set-up step ${step.name} failed: ${error.message}`;
      }
    }
    return null;
  }

  /** Ends the services, the last one first, and says what they left. */
  async tearDown(): Promise<void> {
    for (const service of this.#services.toReversed()) await this.#endService(service);
    this.#services.length = 0;
  }

  async #withRule(step: SetUpStep): Promise<void> {
    const { signal } = this.#context;
    const { delaysMs } = setUpFailed;
    const [baseMs = 0, capMs = baseMs] = delaysMs;
    const waitsMs = delaysMs.reduce((sum, delayMs) => sum + delayMs, 0);
    await retryTransient(async () => await this.#start(step), {
      when: (error) =>
        error instanceof StepFailed && !(error instanceof StepHangs) && !signal.aborted,
      attempts: delaysMs.length + 1,
      deadlineMs: (step.withinMs + LOOK_AT_MOST_MS) * (delaysMs.length + 1) + waitsMs,
      pace: { baseMs, factor: capMs / baseMs, capMs, jitter: 'equal' },
      signal,
      onRetry: ({ error }) => {
        const because = error instanceof Error ? error.message : String(error);
        this.#warn(
          'set-up-again',
          `${step.name} is set up again by ${setUpFailed.name}: ${because}`,
        );
      },
    });
  }

  async #start(step: SetUpStep): Promise<void> {
    const started = await this.#spawn(step);
    const { child, care } = started;
    const limit = AbortSignal.any([AbortSignal.timeout(step.withinMs), this.#context.signal]);
    const failure = await Promise.race([
      (step.service ? serviceFailure : commandFailure)(started, limit),
      care.standsStill,
    ]);
    if (failure === null && step.service) {
      await care.over();
      this.#services.push(started);
      return;
    }
    await this.#end(started, failure);
    await child.ended;
    await care.over();
    await this.#settle(started);
    this.#context.signal.throwIfAborted();
    if (failure === null) return;
    const words = care.words();
    const waited = words === null ? '' : `; it waited: ${words}`;
    const said = `${lastWords(started)}${waited}`;
    const what = typeof failure === 'string' ? failure : STANDS_STILL;
    const hangs = typeof failure !== 'string' || care.isProvenAtLimit();
    throw hangs ? new StepHangs(`${what}${said}`) : new StepFailed(`${what}${said}`);
  }

  /** Where it has not come to its end, it is looked at first. */
  async #end({ step, child, care }: Started, failure: string | EndedByUs | null): Promise<void> {
    const { graceMs, signal } = this.#context;
    const over = await Promise.race([child.ended, Promise.resolve(null)]);
    if (over !== null || failure === null) child.end(graceMs);
    else if (signal.aborted) {
      await care.end({ kind: 'cancelled', because: 'interrupted' }, graceMs);
    } else if (typeof failure === 'string') {
      const limit = { kind: 'time-limit', limitMs: step.withinMs, windowMs: 0 } as const;
      await care.end({ ...limit, progress: [NOT_ASKED] }, graceMs);
    } else await care.end(failure, graceMs);
  }

  async #spawn(step: SetUpStep): Promise<Started> {
    const { runId, runDir, env, tier } = this.#context;
    const token = `setup-${uuidv7()}`;
    const dir = join(runDir, 'setup', step.name, token);
    mkdirSync(dir, { recursive: true });
    const outputs = [join(dir, 'stdout.log'), join(dir, 'stderr.log')] as const;
    const variables = attemptVariables({ runId, token, slot: 0, outerLineage: env[LINEAGE] });
    try {
      const child = await Supervised.start(
        {
          argv: step.argv,
          cwd: step.cwd,
          env: { ...env, ...variables },
          stdoutFile: outputs[0],
          stderrFile: outputs[1],
        },
        tier,
        token,
      );
      const care = new StallCare(child, {
        argv: step.argv,
        afterMs: this.#context.hangAfterMs,
        dir,
        outputs,
        warn: (message) => this.#warn('not-looked-at', `the set-up step ${step.name}: ${message}`),
      });
      return { step, child, care, outputs };
    } catch (error) {
      throw new StepFailed(error instanceof Error ? error.message : describeFault(error));
    }
  }

  async #endService(service: Started): Promise<void> {
    const { step, child } = service;
    // What has ended by now comes before what is there at once.
    const over = await Promise.race([child.ended, Promise.resolve(null)]);
    if (over !== null) {
      this.#warn(
        'service-ended',
        `the service ${step.name} ended by itself before the last unit: ${describeEnding(over)}${lastWords(service)}`,
      );
    }
    child.end(this.#context.graceMs);
    await child.ended;
    await this.#settle(service);
  }

  async #settle({ step, child }: Started): Promise<void> {
    const { leaks, fault } = await child.settle(this.#context.graceMs);
    for (const { pid, command, endedBy } of leaks) {
      const message = `the set-up step ${step.name} left pid ${pid} (${command}) behind; ended by ${endedBy}`;
      this.#warn('left-behind', message);
    }
    if (fault !== null) this.#warn('not-given-back', fault);
  }

  #warn(code: string, message: string): void {
    this.#context.notice({ level: 'warning', code, message });
  }
}

const STANDS_STILL = 'it hangs: nothing in it can go on, proven twice';

/** Of a step that is over its limit it makes no difference whether it still moved. */
const NOT_ASKED = 'nobody looked';

/** What kept a command from doing its step; null where it has ended well and is ready. */
async function commandFailure(started: Started, limit: AbortSignal): Promise<string | null> {
  const { step, child } = started;
  const ending = await Promise.race([child.ended, aborted(limit)]);
  if (ending === null) return tooLate(step);
  if (ending.exitCode !== 0) return describeEnding(ending);
  return await connectionFailure(step, limit);
}

/** What kept a service from being ready; null where it is, and goes on. */
async function serviceFailure(started: Started, limit: AbortSignal): Promise<string | null> {
  const { step, child } = started;
  const ended = child.ended.then((ending) => `${describeEnding(ending)} before it was ready`);
  return await Promise.race([ended, connectionFailure(step, limit)]);
}

async function connectionFailure(step: SetUpStep, signal: AbortSignal): Promise<string | null> {
  const { ready, withinMs } = step;
  if (ready === null) return null;
  try {
    await untilConnected({ at: ready, withinMs, signal });
    return null;
  } catch (error) {
    if (signal.aborted || error instanceof DeadlineError) return tooLate(step);
    return `it can't be connected to at ${ready}: ${describeFault(error)}`;
  }
}

function tooLate({ ready, withinMs }: SetUpStep): string {
  const what = ready === null ? 'it had not ended' : `nobody took a connection at ${ready}`;
  return `${what} within ${withinMs} ms`;
}

function lastWords({ outputs: [stdout, stderr] }: Started): string {
  const last = lastLineOf(stderr) ?? lastLineOf(stdout);
  return last === null ? '' : `: ${last}`;
}

async function aborted(signal: AbortSignal): Promise<null> {
  return await new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
