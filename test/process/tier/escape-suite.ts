import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameworkName } from '../../../src/core/unit.ts';
import { commandOf, type Escape } from './escapes.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A suite of one file, whose only test starts a program that escapes, and passes. */
export interface EscapeSuite {
  readonly dir: string;
  /** The file with the test, relative to `dir`. */
  readonly path: string;
  /** Where the program says what it leaves behind. */
  readonly truth: string;
}

export type RunnerName = Extract<FrameworkName, 'node-test' | 'vitest' | 'jest' | 'pytest'>;

interface Runner {
  /** How it runs a suite by itself; `node` and `python3` as they stand in PATH. */
  readonly command: readonly [string, ...string[]];
  readonly version: readonly [string, ...string[]];
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly test: (command: readonly string[]) => string;
}

const call = ([program, ...args]: readonly string[]): string =>
  `execFileSync(${JSON.stringify(program)}, ${JSON.stringify(args)}, { stdio: 'inherit' })`;

const BIN = join(ROOT, 'node_modules', '.bin');

/** The frameworks that the corpus is taken through. */
export const RUNNERS: Readonly<Record<RunnerName, Runner>> = {
  'node-test': {
    command: [process.execPath, '--test'],
    version: [process.execPath, '--version'],
    path: 'test/escape.test.mjs',
    files: { 'package.json': '{"type": "module", "scripts": {"test": "node --test"}}' },
    test: (command) => `import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

test('passes', () => {
  ${call(command)};
});
`,
  },
  vitest: {
    command: [process.execPath, join(BIN, 'vitest'), 'run'],
    version: [process.execPath, join(BIN, 'vitest'), '--version'],
    path: 'test/escape.test.mjs',
    files: { 'package.json': '{"type": "module", "scripts": {"test": "vitest run"}}' },
    test: (command) => `import { execFileSync } from 'node:child_process';
import { test } from 'vitest';

test('passes', () => {
  ${call(command)};
}, 60_000);
`,
  },
  jest: {
    command: [process.execPath, join(BIN, 'jest')],
    version: [process.execPath, join(BIN, 'jest'), '--version'],
    path: 'test/escape.test.js',
    files: { 'package.json': '{"scripts": {"test": "jest"}}' },
    test: (command) => `const { execFileSync } = require('node:child_process');

test('passes', () => {
  ${call(command)};
}, 60_000);
`,
  },
  pytest: {
    command: ['python3', '-m', 'pytest'],
    version: ['python3', '-m', 'pytest', '--version'],
    path: 'test_escape.py',
    files: { 'pytest.ini': '[pytest]\n' },
    test: (command) => `import subprocess


def test_passes():
    subprocess.run(${JSON.stringify(command)}, check=True)
`,
  },
};

/** A runner of its own with which a suite is run besides, without Pindown. */
export interface Peer {
  readonly name: string;
  /** Whose suite it runs. */
  readonly suite: RunnerName;
  readonly command: readonly [string, ...string[]];
  readonly version: readonly [string, ...string[]];
}

/** Debian has pytest-xdist for its own Python alone, whichever other one stands in PATH. */
const XDIST_PYTHON = '/usr/bin/python3';

/** What the corpus is taken through without Pindown. */
export const PEERS: readonly Peer[] = [
  ...Object.entries(RUNNERS).map(([name, { command, version }]) => {
    const suite = name as RunnerName;
    return { name, suite, command, version };
  }),
  {
    name: 'pytest-xdist',
    suite: 'pytest',
    command: [XDIST_PYTHON, '-m', 'pytest', '-n', '2'],
    version: [XDIST_PYTHON, '-c', 'import xdist; print(xdist.__version__)'],
  },
];

/** Writes the suite into a directory, which must not be there yet. */
export function writeEscapeSuite(dir: string, runner: RunnerName, escape: Escape): EscapeSuite {
  const { path, files, test } = RUNNERS[runner];
  const truth = join(dir, 'truth');
  const all = { ...files, [path]: test(commandOf(escape.program, truth)), truth: '' };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  // Of several Nodes on a machine, this one is to run the suite.
  mkdirSync(join(dir, 'bin'));
  symlinkSync(process.execPath, join(dir, 'bin', 'node'));
  return { dir, path, truth };
}
