import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Attempt } from '../../../src/core/attempt.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Unit } from '../../../src/core/unit.ts';
import type { Job, JobOutput, Suite } from '../../../src/frameworks/framework.ts';
import { parseRecord, resultLines } from '../../../src/frameworks/records.ts';
import { loadFramework } from '../../../src/frameworks/registry.ts';
import type { EndedByUs } from '../../../src/outcome/judge.ts';
import type { Excuse } from '../../../src/outcome/excuse.ts';
import { AttemptsOfJob } from '../../../src/run/attempts-of-job.ts';
import { Deadline } from '../../../src/run/deadline.ts';
import { lastLineOf } from '../../../src/run/last-line.ts';
import type { ExecutorMessage, JobSpec, JobUnit } from '../../../src/run/messages.ts';
import { infraFailureFile, readInfraFailures } from '../../../src/sandbox/infra-failures.ts';
import { type Case, type Family, type Output, type Run, textOf } from './family.ts';
import { type Places, fillIn } from './places.ts';
import { WorldOfCase } from './world-of-case.ts';

/** What Pindown makes of a case. */
export interface Played {
  readonly attempt: Attempt;
  readonly excuse: Excuse | null;
}

const TOKEN = '01990000-0000-7000-8000-000000000001';

/**
 * Plays a case in an empty directory, through the same code as an attempt that ran: its adapter
 * reads the files, the end is laid at the unit, the judge names it, and the rules are asked.
 */
export async function playCase(family: Family, one: Case, dir: string): Promise<Played> {
  const places: Places = {
    project: join(dir, 'project'),
    scratch: join(dir, 'scratch'),
    job: join(dir, 'job'),
    evidence: join(dir, 'attempts', TOKEN),
    token: TOKEN,
  };
  for (const place of Object.values(places).slice(0, -1)) mkdirSync(place, { recursive: true });
  const output = outputOf(family, one, places);
  const framework = await loadFramework(family.framework);
  const unit = unitOf(family, output);
  const job: Job = {
    token: TOKEN,
    suite: suiteOf(family, output, places),
    units: [unit],
    resultsFile: join(places.evidence, 'results.ndjson'),
    dir: places.job,
    width: 1,
  };
  const world = new WorldOfCase(one.world, { ...places, file: unit.file });
  const jobUnit: JobUnit = { unit, attemptId: TOKEN, number: 1 };
  const spec: JobSpec = {
    ...job,
    framework,
    units: [jobUnit],
    slots: [0],
    timeoutMs: 60_000,
    leases: [],
  };
  const finished: Played[] = [];
  const ports = {
    clock: systemClock,
    look: world.look,
    declared: () => readInfraFailures(infraFailureFile(places.evidence)),
    evidence: () => [],
    verdict: () => null,
    post: (message: ExecutorMessage) => {
      if (message.type === 'attempt-finished') finished.push(message);
    },
  };
  const attempts = new AttemptsOfJob(spec, ports);
  const { run } = output;
  if (run === null) throw new Error(`${one.output} was never frozen`);
  world.change();
  if (run.kind === 'refused') {
    const { code, call, path, message } = run;
    world.end();
    await attempts.finishAll({
      kind: 'spawn-failed',
      because: message,
      fault: { code, call, path },
    });
  } else {
    const files = writeOutput(run, job, places.evidence);
    const begin = (begun: JobUnit): void =>
      attempts.begin(begun, { pid: 1, startTime: null }, noDeadline());
    if (framework.launching === 'each') begin(jobUnit);
    else await follow(job, attempts, begin);
    attempts.processEnded();
    world.end();
    const collected = await framework.collect(job, files);
    const explained =
      run.ending.exitCode === 0 || [...collected.values()].every(({ ended }) => ended);
    const said = lastLineOf(files.stderrFile) ?? lastLineOf(files.stdoutFile);
    const cause = endedByUs(one);
    await attempts.judgeAll({
      ending: run.ending,
      cause,
      culprit: cause?.kind === 'time-limit' ? unit.id : null,
      leaks: [],
      collected,
      lastLine: explained ? null : said,
      trips: [],
    });
  }
  const last = finished.at(-1);
  if (last === undefined) throw new Error(`${one.name} came to nothing`);
  return last;
}

function outputOf(family: Family, one: Case, places: Places): Output {
  const output = family.outputs[one.output];
  if (output === undefined) throw new Error(`${one.name}: there is no output ${one.output}`);
  const filled = fillIn(output, places);
  for (const [path, text] of Object.entries({ ...filled.program?.files, ...filled.files })) {
    write(join(places.project, path), textOf(text));
  }
  return filled;
}

function unitOf({ framework }: Family, { unit }: Output): Unit {
  const kind = framework === 'go' ? 'package' : framework === 'cargo' ? 'binary' : 'file';
  return {
    ...unit,
    id: `${framework}:${unit.path}`,
    suite: framework,
    framework,
    kind: framework === 'command' ? 'command' : kind,
  };
}

function suiteOf({ framework }: Family, { program }: Output, { project }: Places): Suite {
  return {
    name: framework,
    framework,
    projectRoot: project,
    dir: project,
    args: program?.args ?? [],
    env: {},
    version: null,
    data: {},
  };
}

function writeOutput(run: Extract<Run, { kind: 'ran' }>, job: Job, evidence: string): JobOutput {
  const stdoutFile = join(evidence, 'stdout.log');
  const stderrFile = join(evidence, 'stderr.log');
  write(stdoutFile, textOf(run.stdout));
  write(stderrFile, textOf(run.stderr));
  if (run.records.length > 0) write(job.resultsFile, textOf(run.records));
  for (const [name, text] of Object.entries(run.jobFiles)) write(join(job.dir, name), textOf(text));
  return { ending: run.ending, stdoutFile, stderrFile };
}

/** As a batch is followed while it runs. */
async function follow(
  job: Job,
  attempts: AttemptsOfJob,
  begin: (unit: JobUnit) => void,
): Promise<void> {
  for await (const line of resultLines(job.resultsFile)) {
    const parsed = parseRecord(line, job.token);
    if ('refused' in parsed) continue;
    const told = attempts.record(parsed.record);
    if (told !== 'over' && told !== null) begin(told);
  }
}

function endedByUs({ world }: Case): EndedByUs | null {
  const limit = { kind: 'time-limit', limitMs: 60_000, windowMs: 10_000 } as const;
  switch (world.endedByUs) {
    case undefined:
      return null;
    case 'hung':
      return { ...limit, progress: [] };
    case 'timed-out':
      return { ...limit, progress: ['CPU'] };
    case 'cancelled':
      return { kind: 'cancelled', because: 'interrupted by SIGINT' };
  }
}

function noDeadline(): Deadline {
  const deadline = new Deadline(
    60_000,
    () => {
      throw new Error('a deadline of the corpus came due');
    },
    () => undefined,
  );
  deadline.clear();
  return deadline;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
