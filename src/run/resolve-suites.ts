import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { PindownError, usageError } from '../core/errors.ts';
import type { SuiteInfo } from '../core/run.ts';
import { redact } from '../core/redact.ts';
import { FRAMEWORK_NAMES, type FrameworkName } from '../core/unit.ts';
import type { Detection, Framework, Suite } from '../frameworks/framework.ts';
import { loadFramework } from '../frameworks/registry.ts';
import type { RunSuite } from './dispatcher.ts';
import type { Resource } from './lease-line.ts';

/** A suite as the user asked for it; whatever is left out is detected. */
export interface SuiteRequest {
  readonly name: string | null;
  readonly framework: FrameworkName | null;
  /** Relative to the project's root. */
  readonly dir: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the adapter is told beside what it detects (the patterns of `command`). */
  readonly data: Readonly<Record<string, string | readonly string[]>>;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly timeoutMs: number | null;
  readonly retries: number | null;
  /** What each of its units needs that others use, too. */
  readonly needs: readonly Resource[];
}

/** Asks for whatever is found in the project's root. */
export const DETECT_ALL: SuiteRequest = {
  name: null,
  framework: null,
  dir: '.',
  args: [],
  env: {},
  data: {},
  include: [],
  exclude: [],
  timeoutMs: null,
  retries: null,
  needs: [],
};

export interface ResolvedSuite extends RunSuite {
  readonly info: SuiteInfo;
  readonly request: SuiteRequest;
}

interface Found {
  readonly framework: Framework;
  readonly detection: Detection;
}

/**
 * Turns what was asked for into suites: a named framework is taken at its word, otherwise the
 * strongest sign decides, and equally strong ones become a suite each.
 *
 * @returns the suites, and a line for each other framework that was seen
 * @throws PindownError `no-suite` where nothing is found
 */
export async function resolveSuites(
  requests: readonly SuiteRequest[],
  project: { readonly root: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly suites: readonly ResolvedSuite[]; readonly passedOver: readonly string[] }> {
  const suites: ResolvedSuite[] = [];
  const passedOver: string[] = [];
  for (const request of requests) {
    const dir = suiteDirectory(project.root, request.dir);
    const env = { ...project.env, ...request.env };
    const { chosen, others } =
      request.framework === null
        ? await detectAll(dir, env)
        : { chosen: [await detectOne(request.framework, dir, env)], others: [] };
    if (chosen.length === 0) throw noSuite(dir);
    for (const { framework, detection } of others) {
      passedOver.push(
        `${framework.title} was passed over (${detection.because}); --framework ${framework.name} chooses it`,
      );
    }
    for (const found of chosen) {
      suites.push(resolved(found, request, { root: project.root, dir, taken: suites }));
    }
  }
  return { suites, passedOver };
}

async function detectOne(
  name: FrameworkName,
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<Found> {
  const framework = await loadFramework(name);
  const detection = await framework.detect({ dir, env, forced: true });
  if (detection === null) {
    throw usageError(
      'not-that-framework',
      `${framework.title} can't be used in ${dir}: there is no sign of it.`,
    );
  }
  return { framework, detection };
}

async function detectAll(
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<{ chosen: readonly Found[]; others: readonly Found[] }> {
  const found: Found[] = [];
  for (const name of FRAMEWORK_NAMES) {
    const framework = await loadFramework(name);
    const detection = await framework.detect({ dir, env, forced: false });
    if (detection !== null) found.push({ framework, detection });
  }
  const strongest = Math.max(0, ...found.map(({ detection }) => detection.strength));
  return {
    chosen: found.filter(({ detection }) => detection.strength === strongest),
    others: found.filter(({ detection }) => detection.strength < strongest),
  };
}

function resolved(
  { framework, detection }: Found,
  request: SuiteRequest,
  place: { readonly root: string; readonly dir: string; readonly taken: readonly ResolvedSuite[] },
): ResolvedSuite {
  const name = request.name ?? framework.name;
  if (place.taken.some(({ suite }) => suite.name === name)) {
    throw usageError(
      'suite-name-twice',
      `Two suites are called "${name}".`,
      'Units are known by the name of their suite: give each [[suite]] in pindown.toml a name of its own.',
    );
  }
  const suite: Suite = {
    name,
    framework: framework.name,
    projectRoot: place.root,
    dir: place.dir,
    args: [...detection.args, ...request.args],
    env: request.env,
    version: detection.version,
    data: { ...detection.data, ...request.data },
  };
  return {
    suite,
    framework,
    timeoutMs: request.timeoutMs,
    retries: request.retries,
    request,
    info: {
      name,
      framework: framework.name,
      version: detection.version,
      root: relative(place.root, place.dir).split(sep).join('/') || '.',
      // It may show the project's own command, with its arguments.
      because: redact(detection.because),
    },
  };
}

function suiteDirectory(root: string, dir: string): string {
  try {
    return realpathSync(join(root, dir));
  } catch (error) {
    throw usageError(
      'suite-directory-missing',
      `The suite's directory ${join(root, dir)} is not there.`,
      'Correct "dir" of that [[suite]] in pindown.toml; it is relative to the project\'s root.',
      error,
    );
  }
}

function noSuite(dir: string): PindownError {
  return new PindownError('no-suite', `No test suite was found in ${dir}, so no test ran.`, {
    exitCode: 4,
    hint:
      `Pindown looks for what package.json's "test" script runs, for pytest, Go and Cargo projects, and for the frameworks' own configuration files. ` +
      `Run it in the project's root, name one with --framework (${FRAMEWORK_NAMES.join(', ')}), or give a command: pindown run 'checks/*.sh' -- sh {unit}`,
  });
}
