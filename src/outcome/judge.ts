import { failedBefore, type Leak, type TestResult } from '../core/attempt.ts';
import { type Ending, describeEnding } from '../core/ending.ts';
import type { Fault } from '../core/fault.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import { type LaidTrip, type Trip, describeTrip, isMutation } from '../core/trip.ts';

/** Why Pindown ended an attempt itself, with the observation that made it. */
export type EndedByUs =
  | {
      readonly kind: 'time-limit';
      readonly limitMs: number;
      readonly progress: readonly string[];
      readonly windowMs: number;
      /** A look at it then proved that nothing in it can go on, whatever had moved before. */
      readonly proven?: boolean;
    }
  /** Nothing in its tree could go on: proven twice, from outside. */
  | { readonly kind: 'standstill'; readonly quietMs: number; readonly apartMs: number }
  | { readonly kind: 'cancelled'; readonly because: string }
  /** What had forked it died, and nobody else is told how it ends. */
  | { readonly kind: 'orphaned'; readonly because: string };

/** Everything that was observed of one attempt. */
export type Observed =
  | { readonly kind: 'not-started'; readonly because: string }
  | {
      readonly kind: 'spawn-failed';
      readonly because: string;
      /** What the kernel refused; null where it was a fault of ours. */
      readonly fault: Fault | null;
    }
  | {
      readonly kind: 'ran';
      /** Null where the framework reported the unit's end and its process went on with others. */
      readonly ending: Ending | null;
      readonly endedByUs: EndedByUs | null;
      readonly begun: boolean;
      readonly ended: boolean;
      readonly tests: readonly TestResult[];
      readonly errors: readonly string[];
      /** The framework said that it did not find the unit's file. */
      readonly unseen: string | null;
      readonly exitAgrees: boolean;
      readonly leaks: readonly Leak[];
      /** The last line that the process wrote, for an end that nothing else explains. */
      readonly lastLine: string | null;
      /** What changed around it while it ran. */
      readonly trips: readonly LaidTrip[];
      /** Its own file, relative to the project's root. */
      readonly file: string;
      /** In a batch that died: the other units that ran at that moment. */
      readonly ranBeside: readonly string[];
    };

/** An attempt that had a process. */
export type Ran = Extract<Observed, { kind: 'ran' }>;

export interface Judgement {
  readonly outcome: AttemptOutcome;
  /** One sentence: the observation that decided it. */
  readonly reason: string;
}

/**
 * What an attempt came to. The first that holds decides, and the kernel's word comes before the
 * framework's: not started, ended by us, died by a signal, then what was reported against the exit
 * status, then what stayed behind.
 */
export function judge(observed: Observed): Judgement {
  switch (observed.kind) {
    case 'not-started':
      return { outcome: 'cancelled', reason: observed.because };
    case 'spawn-failed':
      return { outcome: 'spawn-failed', reason: observed.because };
    case 'ran':
      return observed.endedByUs === null
        ? judgeTree(observed, judgeOwnEnd(observed))
        : judgeEndedByUs(observed.endedByUs, observed);
  }
}

/** What a unit says that changed the tree itself, or had it changed under it, says nothing. */
const DOUBTED: ReadonlySet<AttemptOutcome> = new Set(['failed', 'errored', 'contradicted']);

function judgeTree(observed: Ran, judgement: Judgement): Judgement {
  const { outcome, reason } = judgement;
  const [own, ...others] = gravestFirst(observed.trips).filter(
    ({ trip, own: mine }) => mine === true && isMutation(trip),
  );
  if (own !== undefined && (outcome === 'passed' || outcome === 'leaked')) {
    const more = others.length > 0 ? `, and ${count(others.length, 'further change')}` : '';
    return { outcome: 'tree-mutated', reason: `${describeTrip(own.trip)}${more}; ${reason}` };
  }
  if (!DOUBTED.has(outcome)) return judgement;
  const hit = gravestFirst(observed.trips).find((laid) => hits(laid, observed));
  if (hit === undefined) return judgement;
  const victim =
    hit.own === false ? "a victim of what was not its own attempt's doing" : 'changed under it';
  const told = `${victim}: ${describeTrip(hit.trip)}; ${reason}`;
  // Its verdict stands where not the suite but its surroundings were changed.
  return { outcome: hit.trip.kind === 'file' ? outcome : 'tree-mutated', reason: told };
}

const BY_GRAVITY: readonly Trip['kind'][] = ['head', 'tree', 'file', 'index', 'port'];

function gravestFirst(trips: readonly LaidTrip[]): readonly LaidTrip[] {
  return trips.toSorted(
    (a, b) => BY_GRAVITY.indexOf(a.trip.kind) - BY_GRAVITY.indexOf(b.trip.kind),
  );
}

/**
 * Whether a change that may be another's can be why the unit failed: of all of the tree, of its own
 * file, or of a file that it names.
 */
function hits({ trip, own }: LaidTrip, observed: Ran): boolean {
  if (own === true || trip.change === 'restored') return false;
  switch (trip.kind) {
    case 'head':
      // A commit of what is there already changes nothing under anybody.
      return observed.trips.some((other) => other.trip.kind === 'tree');
    case 'tree':
      return trip.what === observed.file || isNamed(trip.what, observed);
    case 'file':
      return trip.change === 'removed' && isNamed(trip.what, observed);
    case 'index':
    case 'port':
      return false;
  }
}

function isNamed(path: string, { tests, errors, lastLine }: Ran): boolean {
  const texts = [...tests.map(({ message }) => message), ...errors, lastLine];
  return texts.some((text) => text?.includes(path) === true);
}

function judgeEndedByUs(cause: EndedByUs, observed: Ran): Judgement {
  if (cause.kind === 'cancelled') return { outcome: 'cancelled', reason: cause.because };
  if (cause.kind === 'orphaned') return judgeOrphan(cause.because, observed);
  if (cause.kind === 'standstill') {
    const where = observed.ended ? 'all tests were reported, but the process stayed; ' : '';
    return {
      outcome: 'hung',
      reason: `${where}nothing moved for ${seconds(cause.quietMs)}, and two looks ${seconds(cause.apartMs)} apart proved that nothing in it can go on`,
    };
  }
  const limit = `its limit of ${seconds(cause.limitMs)}`;
  const where = observed.ended
    ? 'all tests were reported, but the process stayed past'
    : 'was over';
  if (cause.progress.length === 0) {
    return {
      outcome: 'hung',
      reason: `${where} ${limit}; no output, result, CPU, I/O or new process in its last ${seconds(cause.windowMs)}`,
    };
  }
  if (cause.proven === true) {
    return {
      outcome: 'hung',
      reason: `${where} ${limit}, and a look proved that nothing in it can go on (before: ${cause.progress.join(', ')} in its last ${seconds(cause.windowMs)})`,
    };
  }
  return {
    outcome: 'timed-out',
    reason: `${where} ${limit}, still progressing (${cause.progress.join(', ')} in its last ${seconds(cause.windowMs)})`,
  };
}

/** What was reported failed; that nothing was does not mean that nothing would have. */
function judgeOrphan(because: string, { tests }: Ran): Judgement {
  const failures = tests.filter(isFailure);
  const told = `${because}, and how it would have ended is not known`;
  return failures.length > 0 ? failed(failures, told) : { outcome: 'lost', reason: told };
}

function judgeOwnEnd(observed: Ran): Judgement {
  const { ending, tests, errors } = observed;
  const failures = tests.filter(isFailure);
  if (ending === null)
    return judgeReports(observed, failures, 'its process went on with other units');
  if (ending.signal !== null) {
    const beside =
      observed.ranBeside.length === 0
        ? ''
        : `, running in one process with ${observed.ranBeside.join(', ')}`;
    return { outcome: 'crashed', reason: `died by ${describeEnding(ending)}${beside}` };
  }
  const status = describeEnding(ending);
  if (observed.unseen !== null && tests.length === 0) {
    const said = firstLine(observed.unseen);
    return {
      outcome: 'errored',
      reason: `${status}: the framework did not find its file: ${said}`,
    };
  }
  const success = ending.exitCode === 0;
  if (!observed.ended) {
    if (success) {
      return {
        outcome: 'contradicted',
        reason: observed.begun
          ? `${status}, but the framework never reported its end: ${tests.length} tests were reported before it`
          : `${status}, but the framework never reported that it began`,
      };
    }
    if (failures.length > 0)
      return failed(failures, `${status} before the framework reported its end`);
    const [error] = errors;
    if (error !== undefined) {
      return { outcome: 'errored', reason: `${status}: ${firstLine(error)}` };
    }
    const when = observed.begun
      ? `${status} before the framework reported its end`
      : `${status}, and it left no results`;
    const words = observed.lastLine === null ? '' : `: ${firstLine(observed.lastLine)}`;
    return { outcome: 'errored', reason: `${when}${words}` };
  }
  const reportedFailure = failures.length > 0 || errors.length > 0;
  if (!observed.exitAgrees) {
    return {
      outcome: 'contradicted',
      reason: reportedFailure
        ? `${status}, but ${count(failures.length + errors.length, 'failure')} reported: ${firstLine(failures[0]?.name ?? errors[0] ?? '')}`
        : `${status}, but none of the ${count(tests.length, 'test')} reported a failure`,
    };
  }
  return judgeReports(observed, failures, status);
}

/** What was reported, where nothing speaks against it. */
function judgeReports(observed: Ran, failures: readonly TestResult[], status: string): Judgement {
  const { tests, errors } = observed;
  if (failures.length > 0) return failed(failures, status);
  if (errors.length > 0)
    return { outcome: 'errored', reason: `${status}: ${firstLine(errors[0] ?? '')}` };
  if (observed.leaks.length > 0) {
    const [first] = observed.leaks;
    const more = observed.leaks.length > 1 ? ` and ${observed.leaks.length - 1} more` : '';
    return {
      outcome: 'leaked',
      reason: `all tests passed, but pid ${first?.pid} (${first?.command})${more} stayed behind; found by ${first?.foundBy.join(', ')}`,
    };
  }
  if (tests.length === 0)
    return { outcome: 'no-tests', reason: `${status}, and no test was reported` };
  return {
    outcome: 'passed',
    reason: `${status}, ${count(tests.length, 'test')} reported, none failed${coveredUp(tests)}`,
  };
}

/** What the framework's own retries covered up. */
function coveredUp(tests: readonly TestResult[]): string {
  const [first, ...others] = tests.filter(failedBefore);
  if (first === undefined) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return ` in the end: "${first.name}"${more} failed before the framework tried again`;
}

function failed(failures: readonly TestResult[], status: string): Judgement {
  const more = failures.length > 1 ? ` and ${failures.length - 1} more` : '';
  return { outcome: 'failed', reason: `${status}: "${failures[0]?.name}"${more} failed` };
}

function isFailure(test: TestResult): boolean {
  return test.outcome === 'failed' || test.outcome === 'errored';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
