import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ending } from '../../../src/core/ending.ts';
import { uuidv7 } from '../../../src/core/ids.ts';
import { pytest } from '../../../src/frameworks/pytest/index.ts';
import { Census } from '../../../src/process/census.ts';
import { LINEAGE, lineageOf } from '../../../src/process/lineage.ts';
import { GroupTier } from '../../../src/process/tier/group-tier.ts';
import type { Tier } from '../../../src/process/tier/tier.ts';
import type { Isolated, Settled } from '../../../src/sandbox/isolation/isolator.ts';
import { WarmProcesses } from '../../../src/sandbox/isolation/warm-processes.ts';
import {
  detectProject,
  listContext,
  projectEnvironment,
  withDirectory,
  writeFiles,
} from '../conformance.ts';

/** Whether a unit's process is forked from one that is warm, or started as it was ever. */
export type How = 'forked' | 'anew';

/** A unit's process, on its way. */
export interface StartedUnit {
  readonly token: string;
  readonly child: Isolated;
  /** A directory that the tests find in PINDOWN_STATE_DIR. */
  readonly dir: string;
}

/** What it came to. */
export interface EndedUnit extends StartedUnit, Settled {
  readonly ending: Ending;
  readonly stdout: string;
  readonly stderr: string;
  /** The results file, without the token. */
  readonly results: string;
}

export interface StartedUnits {
  readonly dir: string;
  /** `level code: message` of what was told. */
  readonly told: readonly string[];
  start(path: string, how: How, env?: Readonly<Record<string, string>>): Promise<StartedUnit>;
  run(path: string, how: How, env?: Readonly<Record<string, string>>): Promise<EndedUnit>;
  finish(unit: StartedUnit): Promise<EndedUnit>;
}

export interface UnitsOptions {
  /** A directory to be put in front of `PATH`, for its python3. */
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What holds them; {@link groupTier} where it is left out. */
  readonly tier?: (runId: string) => Tier;
}

/** What tells least of a process. */
export function groupTier(runId: string): Tier {
  return new GroupTier(runId, Census.fromNow(), 'of tests');
}

/** Writes a pytest project, and starts its units as a run does for as long as the body takes. */
export async function withStartedUnits(
  files: Readonly<Record<string, string>>,
  body: (units: StartedUnits) => Promise<void>,
  options: UnitsOptions = {},
): Promise<void> {
  await withDirectory(async (root) => {
    const dir = join(root, 'project');
    const scratch = join(root, 'scratch');
    mkdirSync(dir);
    mkdirSync(scratch);
    await writeFiles(dir, { 'pytest.ini': '[pytest]\n', ...files });
    const own = projectEnvironment(dir);
    const path = [options.path ?? [], own['PATH'] ?? ''].flat().join(':');
    const env = { ...own, PATH: path, PYTHONDONTWRITEBYTECODE: '1', ...options.env };
    const project = await detectProject(pytest, dir, scratch, env);
    const listed = await pytest.list(project.suite, listContext(project));
    const runId = uuidv7();
    const tier = (options.tier ?? groupTier)(runId);
    const told: string[] = [];
    const warm = new WarmProcesses({
      dir: join(scratch, 'warm'),
      notice: (level, code, message) => told.push(`${level} ${code}: ${message}`),
    });
    const start: StartedUnits['start'] = async (unitPath, how, more = {}) => {
      const unit = listed.find((candidate) => candidate.path === unitPath);
      if (unit === undefined) throw new Error(`no unit ${unitPath}`);
      const token = uuidv7();
      const state = join(scratch, token);
      const temp = join(state, 'tmp');
      mkdirSync(temp, { recursive: true });
      const { suite } = project;
      const launch = pytest.command({
        token,
        suite,
        units: [unit],
        resultsFile: join(state, 'results.ndjson'),
        dir: state,
        width: 1,
      });
      const child = await warm.start({
        spec: {
          argv: launch.argv,
          cwd: launch.cwd,
          env: {
            ...env,
            ...more,
            TMPDIR: temp,
            PINDOWN_ATTEMPT_ID: token,
            PINDOWN_STATE_DIR: state,
            [LINEAGE]: lineageOf(process.env[LINEAGE], { runId, token }),
          },
          stdoutFile: join(state, 'stdout.log'),
          stderrFile: join(state, 'stderr.log'),
        },
        tier,
        token,
        dir: state,
        world: null,
        ...(how === 'forked' && launch.warm !== undefined ? { warm: launch.warm } : {}),
      });
      return { token, child, dir: state };
    };
    try {
      await body({
        dir,
        told,
        start,
        finish,
        run: async (...what) => await finish(await start(...what)),
      });
    } finally {
      await warm.close(1_000);
      tier.close();
    }
  });
}

async function finish(unit: StartedUnit): Promise<EndedUnit> {
  const ending = await unit.child.ended;
  const settled = await unit.child.settle(200);
  const text = (name: string): string => readFileSync(join(unit.dir, name), 'utf8');
  const results = existsSync(join(unit.dir, 'results.ndjson')) ? text('results.ndjson') : '';
  return {
    ...unit,
    ...settled,
    ending,
    stdout: text('stdout.log'),
    stderr: text('stderr.log'),
    results: results.replaceAll(unit.token, 'TOKEN'),
  };
}
