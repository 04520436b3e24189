import { type Attempt, isExcused, type Location, type UnitResult } from '../core/attempt.ts';
import type { AttemptOutcome, TestOutcome, UnitOutcome } from '../core/outcome.ts';
import { hangPagePath, outputPath } from './attempt-output.ts';
import { type Case, casesOf, describeLeak, isBad } from './cases.ts';
import { messageHead } from './message.ts';
import { unitFile } from './unit-file.ts';

/** `excused`: run again by a rule, which proved that the environment had failed. */
export type FindingKind = Exclude<UnitOutcome, 'passed' | 'skipped'> | 'excused';

/** The kinds by importance, the most important first. */
export const FINDING_KINDS: readonly FindingKind[] = [
  'hung',
  'crashed',
  'leaked',
  'contradicted',
  'tree-mutated',
  'timed-out',
  'errored',
  'failed',
  'spawn-failed',
  'blocked',
  'lost',
  'no-tests',
  'flaky',
  'excused',
  'cancelled',
];

interface FindingAttempt {
  readonly id: string;
  readonly number: number;
  readonly outcome: AttemptOutcome | TestOutcome;
  /**
   * What is to be read first, relative to the run's directory: the page of its hang, or its output;
   * null where it never started.
   */
  readonly output: string | null;
}

/** Something that a person should look at: a test or a unit that is not simply green. */
export interface Finding {
  readonly kind: FindingKind;
  readonly unitId: string;
  readonly path: string;
  /** Relative to the root; null for a package or a binary without a location. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Null where it is the unit itself. */
  readonly test: string | null;
  /** The first lines of the first failure's message, without its stack and without colours. */
  readonly message: readonly string[];
  /** Those of the attempts that decided, at most {@link MAX_ATTEMPTS}. */
  readonly attempts: readonly FindingAttempt[];
}

/** So that a digest of any run stays small. */
const MAX_LINES = 12;
const MAX_LINE_LENGTH = 500;
const MAX_ATTEMPTS = 5;
const MAX_LEAKS = 10;

/** Outcomes whose own finding says what was left behind: nothing worse is to be told of the unit. */
const TELLS_LEAKS: ReadonlySet<UnitOutcome> = new Set(['leaked', 'cancelled', 'lost']);

/** What a finished unit gives people to look at; empty for a green one. */
export function findingsOf(unit: UnitResult): Finding[] {
  const cases = casesOf(unit);
  const findings = cases.flatMap((entry) => {
    const kind = kindOf(entry, unit);
    return kind === null ? [] : [finding(kind, entry, unit)];
  });
  const own = cases.find((entry) => entry.own)?.results.find(isBad)?.attempt;
  const told = TELLS_LEAKS.has(unit.outcome) ? own?.id : null;
  const excused = unit.attempts.filter(isExcused);
  if (excused.length > 0) findings.push(attemptsFinding('excused', unit, excused, proofs(excused)));
  const leaky = unit.attempts.filter(({ id, leaks }) => leaks.length > 0 && id !== told);
  if (leaky.length > 0) findings.push(attemptsFinding('leaked', unit, leaky, leftBehind(leaky)));
  return findings;
}

function kindOf(entry: Case, unit: UnitResult): FindingKind | null {
  switch (entry.status) {
    case 'passed':
    case 'skipped':
      return null;
    case 'flaky':
      return 'flaky';
    case 'failed':
    case 'errored':
      if (!entry.own) return 'failed';
      return unit.outcome === 'passed' || unit.outcome === 'skipped' ? 'errored' : unit.outcome;
  }
}

function finding(kind: FindingKind, entry: Case, unit: UnitResult): Finding {
  const first = entry.results.find(isBad);
  const location: Location | null = first?.location ?? null;
  return {
    kind,
    unitId: unit.id,
    path: unit.path,
    file: location?.file ?? unitFile(unit),
    line: location?.line ?? null,
    column: location?.column ?? null,
    test: entry.own ? null : entry.name,
    message: messageHead(first?.message ?? null, MAX_LINES).map(cut),
    attempts: entry.results
      .flatMap(({ attempt, word }) => (attempt === null ? [] : [described(attempt, word)]))
      .slice(0, MAX_ATTEMPTS),
  };
}

/** What is to be told of some of a unit's attempts, besides what decided it. */
function attemptsFinding(
  kind: FindingKind,
  unit: UnitResult,
  attempts: readonly Attempt[],
  message: readonly string[],
): Finding {
  return {
    kind,
    unitId: unit.id,
    path: unit.path,
    file: unitFile(unit),
    line: null,
    column: null,
    test: null,
    message: message.map(cut),
    attempts: attempts.slice(0, MAX_ATTEMPTS).map((attempt) => described(attempt, attempt.outcome)),
  };
}

/** What stayed behind a unit that is not `leaked` because something worse (or a retry) decided. */
function leftBehind(leaky: readonly Attempt[]): string[] {
  const leaks = leaky.flatMap((attempt) => attempt.leaks);
  const lines = leaks.slice(0, MAX_LEAKS).map(describeLeak);
  if (leaks.length > MAX_LEAKS) lines.push(`and ${leaks.length - MAX_LEAKS} more`);
  return lines;
}

/** By which rule each was excused, and its proof; the same ones once. */
function proofs(excused: readonly Attempt[]): string[] {
  const lines = excused.flatMap(({ retry }) =>
    retry === null ? [] : [`${retry.rule}: ${retry.because}`],
  );
  return [...new Set(lines)];
}

function described(attempt: Attempt, outcome: FindingAttempt['outcome']): FindingAttempt {
  const toRead = hangPagePath(attempt) ?? outputPath(attempt, 'stdout');
  const output = attempt.startedAt === null ? null : toRead;
  return { id: attempt.id, number: attempt.number, outcome, output };
}

function cut(line: string): string {
  return line.slice(0, MAX_LINE_LENGTH);
}
