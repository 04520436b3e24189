import { usageError } from '../../core/errors.ts';

/** Flags of `go test` that take no value (https://pkg.go.dev/cmd/go, "build" and "testflag"). */
const SWITCHES = new Set(
  (
    'a asan artifacts benchmem buildvcs c cover failfast fullpath i json linkshared modcacherw ' +
    'msan n race short trimpath v work x'
  ).split(' '),
);

/** Flags that leave nothing to run, or that Pindown needs itself. */
const REFUSED = new Map([
  ['c', 'it only builds'],
  ['n', 'it only prints commands'],
  ['o', 'Pindown keeps the binaries itself'],
  ['exec', 'Pindown uses it itself, to learn how each package is started'],
  ['list', 'it only lists'],
]);

/**
 * Whether the arguments of `go test` name packages.
 *
 * @throws PindownError for a flag with which nothing would be tested
 */
export function namesPackages(args: readonly string[]): boolean {
  let named = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    const [, flag, value] = /^--?(?:test\.)?([^=]+)(=.*)?$/s.exec(word) ?? [];
    if (flag === 'args') break;
    if (flag === undefined) {
      named = true;
      continue;
    }
    const why = REFUSED.get(flag);
    if (why !== undefined) {
      throw usageError('go-flag', `go test can't be given -${flag} here: ${why}.`);
    }
    if (value === undefined && !SWITCHES.has(flag)) at += 1;
  }
  return named;
}

/** A word for `go test -exec`, whose quotes hold everything but themselves. */
export function quoted(word: string): string {
  if (!word.includes("'")) return `'${word}'`;
  if (!word.includes('"')) return `"${word}"`;
  throw usageError('unquotable-path', `go test can't be given a path with both quotes: ${word}`);
}
