import { delimiter, join } from 'node:path';
import { LINEAGE, lineageOf } from '../process/lineage.ts';

/**
 * What is taken out of the environment before a suite's process gets it: noise of the shell, of
 * CI and of whatever runs Pindown itself, each of which is known to change the results of tests.
 * A trailing `*` matches any rest. `docs/environment.md` is generated from this list.
 */
export const SCRUBBED: readonly (readonly [pattern: string, because: string])[] = [
  ['GIT_DIR', 'a hook that runs the tests would aim their git commands at the outer repository'],
  ['GIT_WORK_TREE', 'as GIT_DIR'],
  ['GIT_INDEX_FILE', 'as GIT_DIR'],
  ['GIT_OBJECT_DIRECTORY', 'as GIT_DIR'],
  ['GIT_COMMON_DIR', 'as GIT_DIR'],
  ['GIT_PREFIX', 'as GIT_DIR'],
  ['GIT_CONFIG_*', 'configuration that the outer command was given'],
  ['NODE_OPTIONS', 'options of the outer Node, such as a debugger or a preload'],
  ['NODE_TEST_CONTEXT', 'makes node:test in a child report to a parent that is not there'],
  ['NODE_CHANNEL_FD', 'a descriptor that the process does not have'],
  ['NODE_CHANNEL_SERIALIZATION_MODE', 'as NODE_CHANNEL_FD'],
  ['NODE_UNIQUE_ID', "an outer cluster worker's id"],
  ['NODE_V8_COVERAGE', 'coverage of the outer process'],
  ['JEST_WORKER_ID', 'an outer runner'],
  ['VITEST*', 'an outer runner'],
  ['PYTEST_CURRENT_TEST', 'an outer runner'],
  ['PYTEST_XDIST_*', 'an outer runner'],
  ['PYTEST_VERSION', 'an outer runner'],
  ['PINDOWN_*', 'an outer Pindown; PINDOWN_LINEAGE, which says so, is kept and added to'],
  ['npm_lifecycle_*', 'the npm script that runs Pindown'],
  ['npm_package_*', 'as npm_lifecycle_*'],
  ['npm_command', 'as npm_lifecycle_*'],
  ['npm_execpath', 'as npm_lifecycle_*'],
  ['npm_node_execpath', 'as npm_lifecycle_*'],
  ['INIT_CWD', 'as npm_lifecycle_*'],
  ['OLDPWD', "the shell's previous directory"],
  ['_', 'the path of the outer program'],
];

const EXACT = new Set(
  SCRUBBED.map(([pattern]) => pattern).filter((pattern) => !pattern.endsWith('*')),
);
const PREFIXES = SCRUBBED.map(([pattern]) => pattern)
  .filter((pattern) => pattern.endsWith('*'))
  .map((pattern) => pattern.slice(0, -1));

/**
 * The environment that a suite's processes start from: the user's own, less {@link SCRUBBED}, and
 * with the user's own `PATH`: npm put the `node_modules/.bin` of Pindown's own package in front
 * of it, and a suite that is not Pindown's must not find its programs there.
 *
 * @param ownRoot the root of Pindown's own package
 */
export function suiteEnvironment(
  outer: Readonly<Record<string, string | undefined>>,
  options: { readonly ownRoot: string; readonly projectRoot: string },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(outer)) {
    if (value === undefined || EXACT.has(name)) continue;
    if (name !== LINEAGE && PREFIXES.some((prefix) => name.startsWith(prefix))) continue;
    env[name] = value;
  }
  if (options.ownRoot !== options.projectRoot && env['PATH'] !== undefined) {
    const ownBin = join(options.ownRoot, 'node_modules', '.bin');
    env['PATH'] = env['PATH']
      .split(delimiter)
      .filter((entry) => entry !== ownBin)
      .join(delimiter);
  }
  return env;
}

/** The variables that tell a process which attempt it belongs to. */
export function attemptVariables(attempt: {
  readonly runId: string;
  readonly token: string;
  readonly slot: number;
  /** The {@link LINEAGE} of this Pindown itself, where it runs in an attempt of another one. */
  readonly outerLineage: string | undefined;
}): Record<string, string> {
  return {
    [LINEAGE]: lineageOf(attempt.outerLineage, attempt),
    PINDOWN_RUN_ID: attempt.runId,
    PINDOWN_ATTEMPT_ID: attempt.token,
    PINDOWN_SLOT: String(attempt.slot),
  };
}
