import {
  type Attempt,
  decidingAttempts,
  type Leak,
  type Location,
  type TestResult,
  type UnitResult,
} from '../core/attempt.ts';
import type { AttemptOutcome, TestOutcome } from '../core/outcome.ts';

/** What one attempt says of a case, or one of the tries that its framework made in it. */
export interface CaseResult {
  /** Null for a unit that never got an attempt. */
  readonly attempt: Attempt | null;
  readonly outcome: TestOutcome;
  /** What came out in the framework's or in Pindown's own word. */
  readonly word: AttemptOutcome | TestOutcome;
  readonly durationMs: number | null;
  readonly message: string | null;
  readonly location: Location | null;
}

/**
 * One line of a report by test: a test with what each attempt said of it, or the unit itself where
 * its outcome is not explained by its tests (it crashed, hung, leaked, has no tests, …).
 */
export interface Case {
  /** Unique within its unit. */
  readonly name: string;
  /** The unit itself, not one of its tests. */
  readonly own: boolean;
  readonly status: CaseStatus;
  /** In the order of the attempts, and in one attempt of the framework's own tries; at least one. */
  readonly results: readonly CaseResult[];
}

/** `flaky`: failed at least once and did not fail in the end. */
type CaseStatus = TestOutcome | 'flaky';

/** What stands in for a name that is empty: the formats demand one. */
const NO_NAME = '(no name)';

/**
 * The cases of a finished unit, tests first, in the order in which they were first reported. They
 * agree with the unit's outcome: a unit that is not green has a failed or errored case, and in a
 * flaky one nothing is more than flaky.
 *
 * @param clean applied to each name before names are made unique
 */
export function casesOf(
  unit: UnitResult,
  clean: (name: string) => string = (name) => name,
): Case[] {
  const names = new Names(clean);
  const groups = [...groupTests(unit)];
  // First occurrences keep their plain names, also against a second one that looks like them.
  for (const group of groups) if (group.occurrence === 1) group.display = names.take(group.name, 1);
  const cases = groups.map((group): Case => ({
    name: group.display ?? names.take(group.name, group.occurrence),
    own: false,
    status: statusOf(group.results, unit),
    results: group.results,
  }));
  const own = ownResults(unit);
  const explained = own.every((result) => !isBad(result)) && cases.length > 0;
  if (!explained) {
    cases.push({
      name: names.take(unit.path, 1),
      own: true,
      status: statusOf(own, unit),
      results: own,
    });
  }
  return cases;
}

/** Whether the result is a failure of some kind. */
export function isBad(result: CaseResult): boolean {
  return result.outcome === 'failed' || result.outcome === 'errored';
}

/** The last result that really ran decides; where none did, the case was skipped. */
function statusOf(results: readonly CaseResult[], unit: UnitResult): CaseStatus {
  const ran = results.filter((result) => result.outcome !== 'skipped');
  const last = ran.at(-1);
  if (last === undefined) return 'skipped';
  if (!isBad(last)) return ran.some(isBad) ? 'flaky' : 'passed';
  // Failed, then not reported by the attempt that passed: a name that changes with each run.
  return unit.outcome === 'flaky' ? 'flaky' : last.outcome;
}

interface Group {
  readonly name: string;
  readonly occurrence: number;
  readonly results: CaseResult[];
  display: string | null;
}

function groupTests(unit: UnitResult): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const attempt of decidingAttempts(unit.attempts)) {
    for (const test of attempt.tests) {
      const key = `${test.occurrence} ${test.name}`;
      let group = groups.get(key);
      if (group === undefined) {
        group = { name: test.name, occurrence: test.occurrence, results: [], display: null };
        groups.set(key, group);
      }
      const tolerated = tolerationLine(unit, attempt, test);
      for (const message of test.failedTries ?? [])
        group.results.push(told(failedTry(attempt, test, message), tolerated));
      group.results.push(told(testResult(attempt, test), tolerated));
    }
  }
  return groups.values();
}

/** A try under the framework's own retries; what it took is in no framework's report. */
function failedTry(attempt: Attempt, { location }: TestResult, message: string): CaseResult {
  return { attempt, outcome: 'failed', word: 'failed', durationMs: null, message, location };
}

/** A tolerated failure stays one: what is known of it stands above its message. */
function told(result: CaseResult, tolerated: string | null): CaseResult {
  if (tolerated === null || !isBad(result)) return result;
  return { ...result, message: [tolerated, result.message ?? ''].join('\n').trimEnd() };
}

function tolerationLine(unit: UnitResult, attempt: Attempt, test: TestResult): string | null {
  const by = unit.tolerated?.failures.find(
    (failure) =>
      failure.attemptId === attempt.id &&
      failure.test === test.name &&
      failure.occurrence === test.occurrence,
  );
  if (by === undefined) return null;
  return `tolerated until ${by.until.slice(0, 10)} by the ledger's ${by.gotcha} (${by.owner}): ${by.reason}`;
}

function testResult(attempt: Attempt, test: TestResult): CaseResult {
  return {
    attempt,
    outcome: test.outcome,
    word: test.outcome,
    durationMs: test.durationMs,
    message: test.message,
    location: test.location,
  };
}

function ownResults(unit: UnitResult): CaseResult[] {
  if (unit.attempts.length === 0) {
    const green = unit.outcome === 'passed' || unit.outcome === 'skipped';
    return [
      {
        attempt: null,
        outcome: green ? unit.outcome : 'errored',
        word: unit.outcome === 'flaky' ? 'errored' : unit.outcome,
        durationMs: unit.durationMs,
        message: 'never started',
        location: null,
      },
    ];
  }
  return decidingAttempts(unit.attempts).map((attempt) => ({
    attempt,
    outcome: ownOutcome(attempt),
    word: attempt.outcome,
    durationMs: attempt.durationMs,
    message: ownMessage(attempt),
    location: null,
  }));
}

/** What an attempt says of its unit beyond its tests. */
function ownOutcome(attempt: Attempt): TestOutcome {
  if (attempt.outcome === 'passed') return 'passed';
  if (attempt.outcome !== 'failed') return 'errored';
  const explained =
    attempt.errors.length === 0 &&
    attempt.tests.some((test) => test.outcome === 'failed' || test.outcome === 'errored');
  return explained ? 'passed' : 'failed';
}

function ownMessage(attempt: Attempt): string {
  const lines = [attempt.reason];
  if (attempt.verdict !== null) {
    lines.push(`${attempt.verdict.class}: ${attempt.verdict.summary}`);
  }
  return [...lines, ...attempt.leaks.map(describeLeak), ...attempt.errors].join('\n');
}

/** `left behind: process 123 (sleep 1000), ended by SIGKILL`. */
export function describeLeak(leak: Leak): string {
  return `left behind: ${leak.kind} ${leak.pid} (${leak.command}), ended by ${leak.endedBy}`;
}

/** Gives out names, each once. */
class Names {
  readonly #taken = new Set<string>();
  readonly #clean: (name: string) => string;

  constructor(clean: (name: string) => string) {
    this.#clean = clean;
  }

  take(name: string, occurrence: number): string {
    const plain = this.#clean(name) || NO_NAME;
    let free = occurrence === 1 ? plain : `${plain} [${occurrence}]`;
    for (let next = Math.max(2, occurrence); this.#taken.has(free); next += 1) {
      free = `${plain} [${next}]`;
    }
    this.#taken.add(free);
    return free;
  }
}
