import { isExcused, type Location, type UnitResult } from '../../core/attempt.ts';
import type { UnitOutcome } from '../../core/outcome.ts';
import { outputPath } from '../attempt-output.ts';
import { type Case, type CaseResult, isBad } from '../cases.ts';
import { messageHead } from '../message.ts';
import { unitFile } from '../unit-file.ts';

export type CtrfStatus = 'passed' | 'failed' | 'skipped' | 'pending' | 'other';

/** How many lines of a failure count as its message; `trace` has them all. */
const MESSAGE_LINES = 20;

/** Outcomes of units that were not judged: they did not run, or not to an end that says anything. */
const UNKNOWN: ReadonlySet<UnitOutcome> = new Set([
  'no-tests',
  'spawn-failed',
  'blocked',
  'cancelled',
  'lost',
]);

/** Those parts of CTRF's test object that Pindown fills. */
export interface CtrfTest {
  readonly testId: string;
  readonly executionId: string;
  readonly name: string;
  readonly status: CtrfStatus;
  readonly rawStatus: string;
  readonly duration: number;
  readonly suite: readonly string[];
  readonly filePath?: string;
  readonly line?: number;
  readonly threadId?: string;
  readonly message?: string;
  readonly trace?: string;
  readonly retries: number;
  readonly retryAttempts?: readonly CtrfAttempt[];
  readonly flaky?: boolean;
  readonly attachments?: readonly CtrfAttachment[];
  readonly extra: Readonly<Record<string, unknown>>;
}

interface CtrfAttempt {
  readonly attempt: number;
  readonly attemptId?: string;
  readonly status: CtrfStatus;
  readonly duration: number;
  readonly message?: string;
  readonly trace?: string;
  readonly line?: number;
  readonly attachments?: readonly CtrfAttachment[];
  readonly extra: Readonly<Record<string, unknown>>;
}

interface CtrfAttachment {
  readonly name: string;
  readonly contentType: string;
  readonly path: string;
}

/** A case as CTRF has it: its last result, and those before it as `retryAttempts`. */
export function ctrfTest(entry: Case, unit: UnitResult): CtrfTest {
  const last = entry.results.at(-1);
  if (last === undefined) throw new Error(`no result for ${entry.name} in ${unit.id}`);
  // Flaky without a passing result of its own: the test was not there when its unit passed.
  const passedUnseen = entry.status === 'flaky' && isBad(last);
  const earlier = passedUnseen ? entry.results : entry.results.slice(0, -1);
  const location = entry.results.find((result) => result.location !== null)?.location ?? null;
  const slot = last.attempt?.slot ?? null;
  const filePath = location?.file ?? unitFile(unit);
  return {
    testId: `${unit.id}#${entry.own ? '' : entry.name}`,
    executionId: `${last.attempt?.id ?? unit.id}#${entry.own ? '' : entry.name}`,
    name: entry.name,
    status: statusOf(entry, unit),
    rawStatus: entry.own ? unit.outcome : entry.status,
    duration: wholeMs(last.durationMs),
    suite: [unit.suite, unit.path],
    ...(filePath === null ? {} : { filePath }),
    ...lineOf(location),
    ...(slot === null ? {} : { threadId: String(slot) }),
    ...(entry.status === 'flaky' ? {} : texts(last)),
    retries: earlier.length,
    ...(earlier.length === 0 ? {} : { retryAttempts: earlier.map(ctrfAttempt) }),
    ...(entry.status === 'flaky' ? { flaky: true } : {}),
    ...attachments(last),
    extra: {
      'pindown/unit': unit.id,
      'pindown/outcome': unit.outcome,
      ...excuses(unit),
      ...evidence(last),
    },
  };
}

function ctrfAttempt(result: CaseResult, index: number): CtrfAttempt {
  return {
    // Not the attempt's number: its framework may have tried the test several times in it.
    attempt: index + 1,
    ...(result.attempt === null ? {} : { attemptId: result.attempt.id }),
    status: result.outcome === 'errored' ? 'failed' : result.outcome,
    duration: wholeMs(result.durationMs),
    ...texts(result),
    ...lineOf(result.location),
    ...attachments(result),
    extra: evidence(result),
  };
}

function statusOf(entry: Case, unit: UnitResult): CtrfStatus {
  switch (entry.status) {
    case 'passed':
    case 'flaky':
      return 'passed';
    case 'skipped':
      return 'skipped';
    case 'failed':
    case 'errored':
      return entry.own && UNKNOWN.has(unit.outcome) ? 'other' : 'failed';
  }
}

function texts(result: CaseResult): { message?: string; trace?: string } {
  if (result.message === null || result.outcome === 'passed') return {};
  const message = messageHead(result.message, MESSAGE_LINES).join('\n');
  return { message, ...(message === result.message ? {} : { trace: result.message }) };
}

function attachments(result: CaseResult): { attachments?: readonly CtrfAttachment[] } {
  const { attempt } = result;
  if (attempt === null || attempt.startedAt === null || !isBad(result)) return {};
  const log = (name: 'stdout' | 'stderr'): CtrfAttachment => ({
    name,
    contentType: 'text/plain',
    path: outputPath(attempt, name),
  });
  return { attachments: [log('stdout'), log('stderr')] };
}

/** The unit's attempts that a rule excused, with its proof. */
function excuses({ attempts }: UnitResult): Record<string, unknown> {
  const excused = attempts.filter(isExcused).map(({ id, outcome, retry }) => ({
    attempt: id,
    outcome,
    ...retry,
  }));
  return excused.length === 0 ? {} : { 'pindown/excused': excused };
}

/** What is known beyond CTRF's own fields; only the id where there is nothing to explain. */
function evidence({ attempt }: CaseResult): Record<string, unknown> {
  if (attempt === null) return {};
  const id = { 'pindown/attempt': attempt.id };
  if (attempt.outcome === 'passed') return id;
  return {
    ...id,
    'pindown/attemptOutcome': attempt.outcome,
    'pindown/reason': attempt.reason,
    ...(attempt.verdict === null ? {} : { 'pindown/verdict': attempt.verdict }),
    ...(attempt.leaks.length === 0 ? {} : { 'pindown/leaks': attempt.leaks }),
  };
}

/** Frameworks are not held to whole numbers, CTRF is. */
function lineOf(location: Location | null): { line?: number } {
  const line = location?.line ?? null;
  return line === null ? {} : { line: Math.trunc(line) };
}

function wholeMs(milliseconds: number | null): number {
  return Math.round(milliseconds ?? 0);
}
