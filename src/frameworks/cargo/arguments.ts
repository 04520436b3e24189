import { usageError } from '../../core/errors.ts';

/** The arguments of `cargo test`, taken apart. */
export interface CargoArguments {
  /** All that stands before `--`. */
  readonly cargo: readonly string[];
  /** What stands behind it: libtest's. */
  readonly test: readonly string[];
  readonly packages: {
    readonly all: boolean;
    readonly named: readonly string[];
    readonly excluded: readonly string[];
  };
  /** `--lib`, `--test NAME` and the like; none for what `cargo test` takes by default. */
  readonly targets: readonly TargetFlag[];
  /** What of `cargo` chooses neither packages nor targets nor tests: it fits other commands, too. */
  readonly common: readonly string[];
  /** The word that tests' names have to contain; none or one. */
  readonly filter: readonly string[];
  /** What of `cargo` says where the workspace is. */
  readonly place: readonly string[];
}

export interface TargetFlag {
  readonly flag: string;
  readonly value: string | null;
}

/** Options that take a value (`cargo test --help`). */
const VALUED = new Set(
  (
    'p package exclude test bench example bin j jobs F features target target-dir manifest-path ' +
    'message-format color profile config Z C lockfile-path'
  ).split(' '),
);

const TARGETS = new Set(
  'lib bins bin tests test examples example benches bench all-targets doc'.split(' '),
);

const PLACES = new Set(['manifest-path', 'config', 'C', 'Z', 'lockfile-path']);

/** With these there is nothing to run, or nothing to be read. */
const REFUSED = new Map([
  ['no-run', 'nothing would run'],
  ['help', 'nothing would run'],
  ['h', 'nothing would run'],
  ['message-format', 'Pindown reads the messages itself'],
]);

const REFUSED_TEST = new Map([
  ['list', 'nothing would run'],
  ['logfile', 'Pindown keeps the log itself'],
  ['format', 'Pindown reads the output itself'],
]);

/**
 * Takes the arguments of `cargo test` apart.
 *
 * @throws PindownError for an option with which nothing would run or be readable
 */
export function parseArguments(args: readonly string[]): CargoArguments {
  const dashes = args.indexOf('--');
  const cargo = dashes === -1 ? args : args.slice(0, dashes);
  const test = dashes === -1 ? [] : args.slice(dashes + 1);
  for (const word of test) refuse(REFUSED_TEST, /^--([^=]+)/.exec(word)?.[1], '--');
  const common: string[] = [];
  const filter: string[] = [];
  const place: string[] = [];
  const targets: TargetFlag[] = [];
  const named: string[] = [];
  const excluded: string[] = [];
  let all = false;
  for (let at = 0; at < cargo.length; at++) {
    const option = readOption(cargo, at);
    const words = cargo.slice(at, at + option.words);
    at += option.words - 1;
    refuse(REFUSED, option.name, '');
    const { name, value } = option;
    if (name === 'workspace' || name === 'all') all = true;
    else if ((name === 'p' || name === 'package') && value !== null) named.push(value);
    else if (name === 'exclude' && value !== null) excluded.push(value);
    else if (name !== undefined && TARGETS.has(name)) targets.push({ flag: name, value });
    else if (name === undefined) filter.push(...words);
    // Of `cargo test` alone, and given where it matters.
    else if (name !== 'no-fail-fast') common.push(...words);
    if (name !== undefined && PLACES.has(name)) place.push(...words);
  }
  return { cargo, test, packages: { all, named, excluded }, targets, common, filter, place };
}

interface Option {
  /** Without its dashes; undefined for a test's name. */
  readonly name: string | undefined;
  readonly value: string | null;
  /** How many words it takes. */
  readonly words: number;
}

function readOption(args: readonly string[], at: number): Option {
  const word = args[at]!;
  const [, long, given] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) {
    if (given !== undefined) return { name: long, value: given, words: 1 };
    return VALUED.has(long) ? valued(long, args[at + 1]) : { name: long, value: null, words: 1 };
  }
  const [, short, attached] = /^-(.)(.*)$/s.exec(word) ?? [];
  if (short === undefined) return { name: undefined, value: null, words: 1 };
  if (!VALUED.has(short)) return { name: short, value: null, words: 1 };
  if (attached !== '') return { name: short, value: attached!.replace(/^=/, ''), words: 1 };
  return valued(short, args[at + 1]);
}

function valued(name: string, value: string | undefined): Option {
  return { name, value: value ?? null, words: value === undefined ? 1 : 2 };
}

function refuse(
  refused: ReadonlyMap<string, string>,
  name: string | undefined,
  before: string,
): void {
  const why = name === undefined ? undefined : refused.get(name);
  if (why === undefined) return;
  const option = `${before === '' ? '' : `${before} `}${name!.length === 1 ? '-' : '--'}${name}`;
  throw usageError('cargo-option', `cargo test can't be given ${option} here: ${why}.`);
}
