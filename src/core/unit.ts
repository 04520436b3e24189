/** What a unit is under its framework. */
export type UnitKind = 'file' | 'package' | 'binary' | 'command';

/**
 * The smallest thing started as one process: a test file, a Go package, a crate's test binary, a
 * command.
 */
export interface Unit {
  /**
   * Stable identity across runs and machines: `<suite>:<path>`, the path relative to the
   * project's root with forward slashes (`unit:test/a.test.js`). Durations, history and shards
   * are keyed by it.
   */
  readonly id: string;
  /** The name of the suite it belongs to, unique within a run. */
  readonly suite: string;
  readonly framework: FrameworkName;
  readonly kind: UnitKind;
  /** What people select it by: the file's path relative to the root, the package's import path. */
  readonly path: string;
  /** The file to `stat` before it is started; null where no single file stands for the unit. */
  readonly file: string | null;
  /** What its framework needs to run it again (a binary's path, a crate's name); strings only. */
  readonly data: Readonly<Record<string, string>>;
}

export const FRAMEWORK_NAMES = [
  'node-test',
  'vitest',
  'jest',
  'mocha',
  'pytest',
  'go',
  'cargo',
  'command',
] as const;

export type FrameworkName = (typeof FRAMEWORK_NAMES)[number];
