import type { Command } from './command.ts';

/** A command as the overview needs it; the rest is loaded when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/**
 * Every command, in the order of the help. Only what is asked for is loaded, so that
 * `pindown --version` costs little more than Node itself.
 */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run the suite to an end that can be trusted',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'list',
    summary: 'list the units that a run would run',
    load: async () => (await import('./commands/list.ts')).listCommand,
  },
  {
    name: 'history',
    summary: 'list the latest runs',
    load: async () => (await import('./commands/history.ts')).historyCommand,
  },
  {
    name: 'show',
    summary: 'show a unit over its runs, or one attempt with its output',
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  {
    name: 'flaky',
    summary: 'rank what failed and passed within one run',
    load: async () => (await import('./commands/flaky.ts')).flakyCommand,
  },
  {
    name: 'gotcha',
    summary: 'keep what is known of the faults of the suite',
    load: async () => (await import('./commands/gotcha.ts')).gotchaCommand,
  },
  {
    name: 'suspects',
    summary: 'rank who may have changed what changed around the suite',
    load: async () => (await import('./commands/suspects.ts')).suspectsCommand,
  },
  {
    name: 'hang',
    summary: 'say what a process and all that come from it wait for',
    load: async () => (await import('./commands/hang.ts')).hangCommand,
  },
  {
    name: 'explain',
    summary: 'print the theorem behind a rule for another attempt',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  {
    name: 'durations',
    summary: 'carry past durations to another machine, such as CI',
    load: async () => (await import('./commands/durations.ts')).durationsCommand,
  },
  {
    name: 'merge',
    summary: 'make one report of all shards, and prove that none is missing',
    load: async () => (await import('./commands/merge.ts')).mergeCommand,
  },
  {
    name: 'lease',
    summary: 'run a command while holding one of N permits that all share',
    load: async () => (await import('./commands/lease.ts')).leaseCommand,
  },
  {
    name: 'doctor',
    summary: 'say what this machine allows and what that means',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
  {
    name: 'help',
    summary: 'show help for a command',
    load: async () => (await import('./commands/help.ts')).helpCommand,
  },
];
