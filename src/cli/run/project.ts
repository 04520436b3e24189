import { resolve } from 'node:path';
import { type Config, loadConfig } from '../../config/config.ts';
import type { IsolationGroup } from '../../config/isolation-group.ts';
import { findProjectRoot } from '../../config/project-root.ts';
import type { SetupGroup } from '../../config/setup-group.ts';
import { usageError } from '../../core/errors.ts';
import type { Tier } from '../../core/run.ts';
import type { FrameworkName } from '../../core/unit.ts';
import type { Order } from '../../plan/order.ts';
import { availableProcessors } from '../../process/processors.ts';
import type { Again } from '../../report/rerun-command.ts';
import {
  DETECT_ALL,
  type ResolvedSuite,
  resolveSuites,
  type SuiteRequest,
} from '../../run/resolve-suites.ts';
import type { Resource } from '../../run/lease-line.ts';
import type { NeedsRule } from '../../run/needs.ts';
import type { SetUpStep } from '../../run/set-up.ts';
import { suiteEnvironment } from '../../sandbox/environment.ts';
import type { HangWishes, OnHang } from '../../run/hang-after.ts';
import type { Io } from '../io.ts';
import { OWN_CHECKOUT } from '../version.ts';

/** What the command line may say about a run; what it leaves out, the configuration says. */
export interface RunFlags {
  readonly framework?: FrameworkName | undefined;
  readonly workers?: number | undefined;
  readonly timeout?: number | undefined;
  readonly retries?: number | undefined;
  readonly 'fail-fast'?: number | undefined;
  readonly 'max-flaky'?: number | undefined;
  readonly 'fail-on'?: 'flaky' | 'uninvestigated' | undefined;
  readonly order?: Order | undefined;
  readonly tier?: Tier | undefined;
  readonly 'on-hang'?: OnHang | undefined;
}

interface RunSettings {
  readonly workers: number;
  readonly processors: number;
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly retries: number;
  readonly failFast: number | null;
  readonly maxFlaky: number | null;
  readonly failOnFlaky: boolean;
  readonly failOnUninvestigated: boolean;
  readonly order: Order;
  readonly keepRuns: number;
  /** Whether pytest may be loaded once and forked for each unit. */
  readonly warm: boolean;
  readonly hang: HangWishes;
  readonly isolation: IsolationGroup;
  readonly setUp: readonly SetUpStep[];
  readonly needs: readonly NeedsRule[];
  readonly leaseWaitMs: number;
}

export interface Project {
  /** Absolute and real. */
  readonly root: string;
  readonly config: Config;
  /** The environment that the suite's processes start from. */
  readonly env: Readonly<Record<string, string>>;
  readonly settings: RunSettings;
  readonly requests: readonly SuiteRequest[];
  readonly selectors: readonly string[];
  /** What a command that runs some of the units again needs beside their paths. */
  readonly again: Again;
}

/** Finds the project around the working directory and what is asked of it. */
export function openProject(
  io: Io,
  flags: RunFlags,
  asked: { readonly selectors: readonly string[]; readonly command: readonly string[] | null },
): Project {
  const root = findProjectRoot(io.cwd);
  const config = loadConfig(root);
  return {
    root,
    config,
    env: suiteEnvironment(io.env, { ownRoot: OWN_CHECKOUT, projectRoot: root }),
    settings: settingsOf(config, flags, root),
    requests: requestsOf(config, flags, asked, { root, cwd: io.cwd }),
    selectors: asked.command === null ? asked.selectors : [],
    again: {
      before: flags.framework === undefined ? [] : ['--framework', flags.framework],
      after: asked.command === null ? [] : ['--', ...asked.command],
    },
  };
}

/** The project's suites, each told to people in a line. */
export async function resolveProject(
  project: Project,
  io: Io,
): Promise<{ readonly suites: readonly ResolvedSuite[] }> {
  const { suites, passedOver } = await resolveSuites(project.requests, project);
  for (const { framework, info } of suites) {
    const version = info.version === null ? '' : ` ${info.version}`;
    io.stderr.write(`${framework.title}${version}: ${info.because}\n`);
  }
  for (const line of passedOver) io.stderr.write(`${line}\n`);
  return { suites };
}

function settingsOf(config: Config, flags: RunFlags, root: string): RunSettings {
  const { run } = config;
  const failsOn = (what: 'flaky' | 'uninvestigated'): boolean =>
    flags['fail-on'] === what || run['fail-on'].includes(what);
  const processors = availableProcessors();
  return {
    workers: flags.workers ?? run.workers ?? processors,
    processors,
    timeoutMs: flags.timeout ?? run.timeout,
    graceMs: run.grace,
    retries: flags.retries ?? run.retries,
    failFast: flags['fail-fast'] ?? run['fail-fast'] ?? null,
    maxFlaky: flags['max-flaky'] ?? run['max-flaky'] ?? null,
    failOnFlaky: failsOn('flaky'),
    failOnUninvestigated: failsOn('uninvestigated'),
    order: flags.order ?? run.order,
    keepRuns: run['keep-runs'],
    warm: config.pytest.warm,
    hang: {
      afterMs: config.hang.after ?? null,
      onHang: flags['on-hang'] ?? config.hang['on-hang'],
    },
    isolation: { ...config.isolation, ...(flags.tier === undefined ? {} : { tier: flags.tier }) },
    setUp: config.setup.map((step) => setUpStep(step, root)),
    needs: config.unit.map(({ match, needs }) => ({
      suite: null,
      match,
      needs: resourcesOf(config, needs),
    })),
    leaseWaitMs: run['lease-wait'],
  };
}

function resourcesOf({ resources }: Config, names: readonly string[]): Resource[] {
  return names.map((name) => ({ name, limit: resources[name] ?? 1 }));
}

function setUpStep({ command, dir, within, ready, ...step }: SetupGroup, root: string): SetUpStep {
  const [program = '', ...args] = command;
  return {
    ...step,
    argv: [program, ...args],
    cwd: resolve(root, dir),
    ready: ready ?? null,
    withinMs: within,
  };
}

function requestsOf(
  config: Config,
  flags: RunFlags,
  asked: { readonly selectors: readonly string[]; readonly command: readonly string[] | null },
  place: { readonly root: string; readonly cwd: string },
): readonly SuiteRequest[] {
  if (asked.command !== null) return [commandRequest(asked.command, asked.selectors, flags, place)];
  if (flags.framework !== undefined) return [{ ...DETECT_ALL, framework: flags.framework }];
  if (config.suite.length === 0) return [DETECT_ALL];
  return config.suite.map((suite) => ({
    name: suite.name ?? null,
    framework: suite.framework ?? null,
    dir: suite.dir,
    args: suite.framework === 'command' ? [...(suite.command ?? []), ...suite.args] : suite.args,
    env: suite.env,
    data: {
      ...(suite.patterns === undefined ? {} : { patterns: suite.patterns }),
      ...(suite.results === undefined ? {} : { results: suite.results }),
    },
    include: suite.include,
    exclude: suite.exclude,
    timeoutMs: suite.timeout ?? null,
    retries: suite.retries ?? null,
    needs: resourcesOf(config, suite.needs),
  }));
}

/** `pindown run 'checks/*.sh' -- sh {unit}`. */
function commandRequest(
  command: readonly string[],
  patterns: readonly string[],
  flags: RunFlags,
  place: { readonly root: string; readonly cwd: string },
): SuiteRequest {
  if (flags.framework !== undefined && flags.framework !== 'command') {
    throw usageError(
      'command-and-framework',
      `A command after "--" and --framework ${flags.framework} exclude each other.`,
      'Leave one of them out.',
    );
  }
  if (command.length === 0) {
    throw usageError(
      'empty-command',
      'There is no command after "--".',
      "Name one, with {unit} for the file: pindown run 'checks/*.sh' -- sh {unit}",
    );
  }
  if (patterns.length === 0) {
    throw usageError(
      'no-patterns',
      'A command after "--" needs to know its units.',
      "Name files or globs before it: pindown run 'checks/*.sh' -- sh {unit}",
    );
  }
  return {
    ...DETECT_ALL,
    framework: 'command',
    dir: resolve(place.cwd) === place.root ? '.' : relativeDir(place),
    args: command,
    data: { patterns },
  };
}

function relativeDir({ root, cwd }: { readonly root: string; readonly cwd: string }): string {
  return cwd.startsWith(`${root}/`) ? cwd.slice(root.length + 1) : '.';
}
