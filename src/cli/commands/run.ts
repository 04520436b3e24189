import { resolve } from 'node:path';
import { ON_HANG } from '../../config/hang-group.ts';
import { TIERS } from '../../core/run.ts';
import { FRAMEWORK_NAMES } from '../../core/unit.ts';
import { ORDERS } from '../../plan/order.ts';
import { parseShard } from '../../plan/shard.ts';
import { isGithubActions } from '../../report/github.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Io } from '../io.ts';
import { deliverReports } from '../run/deliver-reports.ts';
import { executeRun } from '../run/execute-run.ts';
import { openProject, type Project } from '../run/project.ts';

const OPTIONS = {
  framework: {
    kind: 'enum',
    values: FRAMEWORK_NAMES,
    summary: 'use this framework instead of what is found',
    default: "what package.json's test script or the project's files say",
  },
  workers: {
    kind: 'integer',
    short: 'w',
    placeholder: 'N',
    min: 1,
    max: 1024,
    summary: 'run so many processes at once',
    default: 'the processors that this process may use',
  },
  timeout: {
    kind: 'duration',
    placeholder: 'TIME',
    summary: 'end a unit that takes longer',
    default: '300s',
  },
  retries: {
    kind: 'integer',
    placeholder: 'N',
    min: 0,
    max: 100,
    summary:
      'give a failed unit so many further attempts, each in a fresh process; a hang gets none',
    default: '1',
  },
  'fail-fast': {
    kind: 'integer',
    placeholder: 'N',
    min: 1,
    summary: 'stop once so many units have failed',
    default: 'never',
  },
  'max-flaky': {
    kind: 'integer',
    placeholder: 'N',
    min: 0,
    summary: 'stop once more units than that were flaky',
    default: 'never',
  },
  'fail-on': {
    kind: 'enum',
    values: ['flaky', 'uninvestigated'],
    summary: 'exit with 3 if a unit was flaky, or if a flake was met again that nobody looks into',
  },
  order: {
    kind: 'enum',
    values: ORDERS,
    summary: 'what is run first',
    default: 'duration, the longest first',
  },
  seed: {
    kind: 'integer',
    placeholder: 'N',
    min: 0,
    max: 2 ** 31 - 1,
    summary: 'the order among equals',
    default: 'a new one, recorded in the report',
  },
  shard: {
    kind: 'string',
    placeholder: 'I/N',
    summary: 'run the I-th of N parts of about equal duration',
  },
  tier: {
    kind: 'enum',
    values: TIERS,
    summary: 'hold processes by nothing stronger than this',
    default: 'cgroup, or the strongest that this machine allows',
  },
  'on-hang': {
    kind: 'enum',
    values: ON_HANG,
    summary:
      'what is done with a unit that hangs: it is ended, stopped for a debugger, or left until its time-out',
    default: 'kill',
  },
  out: { kind: 'string', placeholder: 'DIR', summary: "copy the run's reports there" },
  slowest: {
    kind: 'integer',
    placeholder: 'N',
    min: 0,
    max: 100,
    summary: 'list the slowest units at the end',
    default: '0',
  },
  github: {
    kind: 'boolean',
    summary: 'write annotations and a step summary',
    default: 'in GitHub Actions',
  },
  json: { kind: 'boolean', summary: 'print report.json on stdout instead of the last screen' },
} as const;

export const runCommand: Command = defineCommand({
  name: 'run',
  summary: 'run the suite to an end that can be trusted',
  usage: ['run [SELECTOR…] [options]', "run 'GLOB' [options] -- COMMAND {unit}"],
  description: [
    'Finds the suite of this project, runs every unit (a test file, a Go package, a Rust test binary) as its own attempt, and ends with a result that accounts for every one. A SELECTOR is a path, a directory, a glob in quotes, a unit as reports name it, or suite:NAME.',
    'With a command after "--" the units are the files that the globs match, and each is given to the command in place of {unit}.',
    'A failed unit gets another attempt in a fresh process. If that passes, the unit is flaky: both attempts are kept, whole. What stayed behind after an attempt, an exit status that disagrees with what was reported, and a hang each have an outcome of their own.',
    "Everything is recorded in .pindown/ at the project's root: each attempt's output, events.ndjson, report.json, junit.xml and ctrf.json, and a history of all runs.",
  ],
  positionals: { min: 0, max: Infinity },
  takesRest: true,
  options: OPTIONS,
  examples: [
    { command: 'pindown run', explains: "find this project's suite and run it" },
    {
      command: 'pindown run test/api src/cart.test.js',
      explains: 'run what is in a directory, and one file',
    },
    {
      command: 'pindown run --shard 2/4 --out reports',
      explains: 'run the second of four parts in CI and keep its reports',
    },
    { command: 'pindown run --retries 0 --fail-fast 1', explains: 'stop at the first failure' },
    {
      command: "pindown run 'checks/*.sh' -- sh {unit}",
      explains: 'run any program, one process a file',
    },
  ],
  async run({ options, positionals, rest }, io) {
    const project = openProject(io, options, { selectors: positionals, command: rest });
    const wishes = {
      seed: options.seed ?? null,
      shard: options.shard === undefined ? null : parseShard(options.shard),
      slowest: options.slowest ?? 0,
      github: options.github ?? project.config.report.github ?? isGithubActions(io.env),
      screen: options.json !== true,
    };
    const asked = { out: outOf(project, options.out, io), json: options.json === true };
    return await executeRun(project, wishes, io, (result) => deliverReports(result, asked, io));
  },
});

/** `--out` counts from the working directory, the configuration's from the project's root. */
function outOf(project: Project, flag: string | undefined, io: Io): string | null {
  if (flag !== undefined) return resolve(io.cwd, flag);
  const { out } = project.config.report;
  return out === undefined ? null : resolve(project.root, out);
}
