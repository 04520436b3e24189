import type { Suite } from '../framework.ts';
import { npmPath } from '../npm-path.ts';
import { suiteCommands } from '../suite-commands.ts';

/** How the project starts Jest: what stands before `jest` in its test script. */
export interface Start {
  /** Options of node. */
  readonly nodeArgs: readonly string[];
  /** Assignments before the command, and `PATH` as npm gives it to scripts. */
  readonly env: Readonly<Record<string, string>>;
}

/** How the suite's processes are started. */
export function startOf(suite: Suite): Start {
  const [{ nodeArgs, env } = { nodeArgs: [], env: {} }] = suiteCommands(suite);
  const path = suite.env['PATH'] ?? suite.data['path'];
  const base = typeof path === 'string' ? { PATH: npmPath(suite.dir, path) } : {};
  return { nodeArgs, env: { ...base, ...env } };
}
