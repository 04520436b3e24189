/*
 * Runs the programs of the corpus of failures (test/outcome/corpus) and keeps what they wrote, with
 * placeholders where paths stood. Outputs that are there already stay, unless --again is given.
 *
 * usage: node scripts/freeze-corpus.ts [--again] [FAMILY...]
 */
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { uuidv7 } from '../src/core/ids.ts';
import type { Unit } from '../src/core/unit.ts';
import type { Job } from '../src/frameworks/framework.ts';
import { loadFramework } from '../src/frameworks/registry.ts';
import { SpawnFailure } from '../src/process/spawn-failure.ts';
import { spawnChild } from '../src/process/spawn.ts';
import { attemptVariables } from '../src/sandbox/environment.ts';
import {
  OWN_ROOT,
  detectProject,
  linkNodeModules,
  listContext,
  withDirectory,
  writeFiles,
} from '../test/frameworks/conformance.ts';
import { CASES_DIR, readCorpus } from '../test/outcome/corpus/corpus.ts';
import {
  type Family,
  type Output,
  type Program,
  type Run,
  linesOf,
  textOf,
} from '../test/outcome/corpus/family.ts';
import { type Places, mapTexts } from '../test/outcome/corpus/places.ts';

/** What adapters read out of a job's directory. */
const JOB_FILES = ['junit.xml', 'jest-provisional.ndjson', 'libtest.log'];

const JAVASCRIPT: ReadonlySet<Family['framework']> = new Set([
  'node-test',
  'mocha',
  'jest',
  'vitest',
]);

const { values, positionals } = parseArgs({
  options: { again: { type: 'boolean', default: false } },
  allowPositionals: true,
});

for (const [name, family] of readCorpus()) {
  if (positionals.length > 0 && !positionals.some((asked) => name.startsWith(asked))) continue;
  const file = join(CASES_DIR, name);
  const written = JSON.parse(readFileSync(file, 'utf8')) as { outputs: Record<string, unknown> };
  for (const [key, output] of Object.entries(family.outputs)) {
    const { program } = output;
    if (program === undefined || (output.run !== null && !values.again)) continue;
    process.stdout.write(`${name} ${key}\n`);
    const frozen = await freeze(family, output, program);
    written.outputs[key] = { ...(written.outputs[key] as object), ...frozen };
    writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
  }
}

async function freeze(
  family: Family,
  output: Output,
  program: Program,
): Promise<Pick<Output, 'unit' | 'run'>> {
  return await withDirectory(async (dir) => {
    const token = uuidv7();
    const places: Places = {
      project: join(dir, 'project'),
      scratch: join(dir, 'scratch'),
      job: join(dir, 'job'),
      evidence: join(dir, 'attempts', token),
      token,
    };
    for (const place of Object.values(places).slice(0, -1)) mkdirSync(place, { recursive: true });
    await writeFiles(
      places.project,
      Object.fromEntries(
        Object.entries(program.files).map(([path, lines]) => [path, textOf(lines)]),
      ),
    );
    for (const path of program.executable) chmodSync(join(places.project, path), 0o755);
    if (JAVASCRIPT.has(family.framework)) await linkNodeModules(places.project);
    const framework = await loadFramework(family.framework);
    const forced = { args: program.args, data: { patterns: program.patterns } };
    const project = await detectProject(
      framework,
      places.project,
      places.scratch,
      undefined,
      forced,
    );
    const units = await framework.list(project.suite, listContext(project));
    const unit = units.find(({ path }) => path === output.unit.path);
    if (unit === undefined) {
      throw new Error(
        `Expected ${output.unit.path}, got ${units.map(({ path }) => path).join(', ')}`,
      );
    }
    const job: Job = {
      token,
      suite: project.suite,
      units: [unit],
      resultsFile: join(places.evidence, 'results.ndjson'),
      dir: places.job,
      width: 1,
    };
    const restore = upset(program, places.project);
    const run = await start(job, places, { ...project.env, ...program.env });
    restore();
    return mapTexts({ unit: kept(unit), run }, (text) => portable(text, places));
  });
}

async function start(
  job: Job,
  places: Places,
  base: Readonly<Record<string, string>>,
): Promise<Run> {
  const launch = (await loadFramework(job.suite.framework)).command(job);
  const env: Record<string, string> = {
    ...base,
    ...attemptVariables({ runId: 'freeze', token: job.token, slot: 0, outerLineage: undefined }),
    PINDOWN_INFRA_FAILURE_FILE: join(places.evidence, 'infra-failures'),
  };
  for (const [name, value] of Object.entries(launch.env)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  const stdoutFile = join(places.evidence, 'stdout.log');
  const stderrFile = join(places.evidence, 'stderr.log');
  try {
    const child = await spawnChild({
      argv: launch.argv,
      cwd: launch.cwd,
      env,
      stdoutFile,
      stderrFile,
      within: (begin) => begin(),
    });
    const ending = await child.ended;
    const jobFiles = JOB_FILES.map((name) => [name, read(join(job.dir, name))] as const);
    return {
      kind: 'ran',
      ending,
      stdout: read(stdoutFile),
      stderr: read(stderrFile),
      records: read(job.resultsFile),
      jobFiles: Object.fromEntries(jobFiles.filter(([, lines]) => lines.length > 0)),
    };
  } catch (error) {
    if (!(error instanceof SpawnFailure)) throw error;
    return { kind: 'refused', ...error.fault, message: error.message };
  }
}

/** Does what lies between the listing and the start; returns what ends it. */
function upset(program: Program, project: string): () => void {
  const held: number[] = [];
  for (const act of program.upset) {
    const path = join(project, act.path);
    switch (act.do) {
      case 'remove':
        rmSync(path, { recursive: true });
        break;
      case 'hold-for-writing':
        held.push(openSync(path, 'a'));
        break;
      case 'chmod':
        chmodSync(path, Number.parseInt(act.mode, 8));
        break;
      case 'write':
        writeFileSync(path, textOf(act.text));
        break;
    }
  }
  return () => held.forEach((descriptor) => closeSync(descriptor));
}

function read(file: string): string[] {
  try {
    return linesOf(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** What adapters read of it: a start without its environment. */
function kept({ path, file, data }: Unit): Output['unit'] {
  const launch = data['start'];
  if (launch === undefined) return { path, file, data };
  const bare = { ...(JSON.parse(launch) as object), env: {} };
  return { path, file, data: { ...data, start: JSON.stringify(bare) } };
}

/** Without the paths of this machine. */
function portable(text: string, places: Places): string {
  const named = Object.entries(places).map(([name, place]) => [place, `{${name}}`] as const);
  const machine = [
    [OWN_ROOT, '/opt/pindown'],
    [dirname(dirname(process.execPath)), '/opt/node'],
    [homedir(), '/home/user'],
  ] as const;
  const changed = [...named, ...machine].reduce(
    (result, [place, name]) => result.replaceAll(place, name),
    text,
  );
  const left = [homedir(), OWN_ROOT, join(tmpdir(), basename(dirname(places.project)))];
  if (left.some((path) => changed.includes(path))) throw new Error(`a path was left: ${changed}`);
  return changed;
}
