import { createHash } from 'node:crypto';
import type { Failure } from '../failure.ts';
import { assertionForm, isAssertion } from './assertion.ts';
import { normalise } from './normalise.ts';
import { withoutAnsi } from './normalisers/ansi.ts';
import { readMessage } from './read-message.ts';
import { isSystemFault } from './system-fault.ts';
import type { Frame, Told } from './told.ts';

/** Bumped whenever the same failure would get another fingerprint. */
const VERSION = 's1';

/** So much of an error's words counts, in lines: what follows is output, a diff or a cause. */
const MOST_LINES = 8;
/** So much of a line counts, in characters. */
const MOST_LINE = 300;
/** So much of the hash is kept, in hexadecimal digits: enough for 10^9 faults. */
const HASH_LENGTH = 16;

/** A failure's fingerprint: equal for the same fault in two runs, and for its several sites. */
export interface Signature {
  /** `s1:0123456789abcdef`. */
  readonly id: string;
  /** What it was made from, for people: the ending, the error, the site. */
  readonly text: string;
}

/**
 * The fingerprint of a failure. It holds what failed (the ending, the error's words without what
 * changes from run to run) and where, as far as that tells faults apart:
 *
 * - an error of the operating system: nowhere, since it is the same fault wherever it is met;
 * - an error with words of its own: in the innermost function of the project, or its file;
 * - an assertion or a limit that says nothing but values: as well in the test, without parameters.
 *
 * Line numbers never count: each edit moves them.
 */
export function signatureOf(failure: Failure): Signature {
  const { root } = failure;
  const told = readMessage(withoutAnsi(failure.message));
  const head = cut(told.head).join('\n').trim();
  const form = assertionForm(head, told.source);
  const error = normalise(form ?? head, root);
  const site = siteOf(failure, told, { head, error, onlyValues: form !== null });
  const text = [endingOf(failure), error, ...site].filter((part) => part !== '').join('\n');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
  return { id: `${VERSION}:${hash}`, text };
}

function cut(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line.trim() !== '')
    .slice(0, MOST_LINES)
    .map((line) => line.slice(0, MOST_LINE));
}

/** What came out, as far as it is part of the fault. */
function endingOf({ outcome, signal, test }: Failure): string {
  if (test !== null) return outcome === 'errored' ? 'set-up' : '';
  switch (outcome) {
    case 'failed':
    case 'errored':
      return '';
    case 'crashed':
      return `crashed ${signal ?? ''}`.trim();
    case 'passed':
    case 'hung':
    case 'timed-out':
    case 'leaked':
    case 'no-tests':
    case 'contradicted':
    case 'tree-mutated':
    case 'spawn-failed':
    case 'blocked':
    case 'cancelled':
    case 'lost':
    case 'skipped':
      return outcome;
  }
}

/** A limit of time: it says nothing of what was waited for. */
const TIME_LIMIT = /\b(?:timed out|timeout of|exceeded timeout|deadline exceeded|test timeout)\b/i;

/** Words of a language's runtime: they say what kind of mistake it was, and not which. */
const RUNTIME =
  /index out of (?:range|bounds)|nil pointer|NullPointerException|`Option::unwrap\(\)`|ZeroDivision|division by zero|Cannot read propert|is not a function|is not defined|undefined is not|did not raise|divide by zero|unexpected nil/i;

/** Words that stand around values, whatever they are. */
const AROUND_VALUES =
  /\b(?:actual|be|but|equals?|error|expected|got|is|not|received|the|to|unexpected|value|want|wanted|was)\b/gi;

/** Whether something is said beside values and what a library puts around them. */
function hasWords(error: string): boolean {
  return /[a-z]{2}/i.test(error.replace(/<\w+>/g, '').replace(AROUND_VALUES, ''));
}

function siteOf(
  failure: Failure,
  told: Told,
  { head, error, onlyValues }: { head: string; error: string; onlyValues: boolean },
): string[] {
  if (failure.test === null && failure.message === '') return [failure.path];
  if (!onlyValues && !isAssertion(head) && isSystemFault(head)) return [];
  const frame = told.frames
    .map(({ file, name }): Frame => ({ file: normalise(file, failure.root), name }))
    .find(({ file }) => isOwn(file));
  const file = frame?.file ?? failure.path;
  if (frame !== undefined && frame.name !== null && !isTheTest(frame.name, failure)) {
    return [`at ${frame.name} (${file})`];
  }
  const says = !onlyValues && !TIME_LIMIT.test(head) && !RUNTIME.test(head) && hasWords(error);
  const test = says || failure.test === null ? [] : [`in ${testName(failure)}`];
  return [...test, `at ${file}`];
}

function isOwn(file: string): boolean {
  return !/^(?:<(?:lib|dir|tmp)>|node:|internal\/|\/|\.\.\/|native$|<)/.test(file);
}

/** The test's own function tells no more than the test's name. */
function isTheTest(name: string, { test }: Failure): boolean {
  if (test === null) return false;
  const last = name.split(/::|\.|#/).filter((part) => part !== '' && !part.startsWith('{{'));
  return last.some((part) => part.length > 2 && test.includes(part)) && !name.includes('(');
}

/** Without its parameters: they are values, too. */
function testName({ test, root }: Failure): string {
  return normalise((test ?? '').replace(/\[[^\]]*\]$/, ''), root);
}
