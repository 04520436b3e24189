import type { Suite } from '../framework.ts';
import { npmPath } from '../npm-path.ts';
import { suiteCommands } from '../suite-commands.ts';
import { parseNodeArguments } from './arguments.ts';

/** One of the suite's `node --test` commands, with the user's own arguments in it. */
export interface NodeCommand {
  /** Node's options for a single file. */
  readonly kept: readonly string[];
  readonly patterns: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The suite's commands; patterns that the user gives take the place of the project's own. */
export function nodeCommands(suite: Suite): readonly NodeCommand[] {
  const own = parseNodeArguments(suite.args);
  const path = suite.env['PATH'] ?? suite.data['path'];
  const base = typeof path === 'string' ? { PATH: npmPath(suite.dir, path) } : {};
  return suiteCommands(suite).map((command) => {
    const { kept, patterns } = parseNodeArguments(command.args);
    return {
      kept: [...kept, ...own.kept],
      patterns: own.patterns.length > 0 ? own.patterns : patterns,
      env: { ...base, ...command.env },
    };
  });
}
