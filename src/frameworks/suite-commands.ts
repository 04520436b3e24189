import * as v from 'valibot';
import type { Suite } from './framework.ts';

/**
 * A command of the project's own that runs a part of the suite: `"test": "mocha unit && mocha
 * integration"` has two.
 */
export interface SuiteCommand {
  /** The framework's arguments. */
  readonly args: readonly string[];
  /** Options of the node that the command starts the framework with. */
  readonly nodeArgs: readonly string[];
  /** Assignments before the command. */
  readonly env: Readonly<Record<string, string>>;
}

const Stored = v.object({
  args: v.array(v.string()),
  nodeArgs: v.array(v.string()),
  env: v.record(v.string(), v.string()),
});

/** What `Detection.data` keeps of them. */
export function packCommands(commands: readonly SuiteCommand[]): readonly string[] {
  return commands.map(({ args, nodeArgs, env }) => JSON.stringify({ args, nodeArgs, env }));
}

/** The suite's commands, at least one: where the project has none, the framework's bare one. */
export function suiteCommands(suite: Suite): readonly SuiteCommand[] {
  const packed = suite.data['commands'] ?? [];
  const commands = (typeof packed === 'string' ? [packed] : packed).map((text) =>
    v.parse(Stored, JSON.parse(text)),
  );
  return commands.length === 0 ? [{ args: [], nodeArgs: [], env: {} }] : commands;
}
