import type { Suite } from '../framework.ts';
import { npmPath } from '../npm-path.ts';
import { suiteCommands, type SuiteCommand } from '../suite-commands.ts';

/** The suite's mocha commands, with the user's own arguments and the environment of npm's scripts. */
export function mochaCommands(suite: Suite): readonly SuiteCommand[] {
  const path = suite.env['PATH'] ?? suite.data['path'];
  const base = typeof path === 'string' ? { PATH: npmPath(suite.dir, path) } : {};
  return suiteCommands(suite).map((command) => ({
    ...command,
    args: [...command.args, ...suite.args],
    env: { ...base, ...command.env },
  }));
}
