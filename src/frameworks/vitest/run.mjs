/*
 * Runs exactly the given files under the project's own Vitest. The command itself takes paths as
 * substrings: `a.test.ts` would run `a.test.tsx`, too.
 */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { PindownReporter } from './reporter.mjs';
import { openVitest } from './vitest-api.mjs';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const reporter = new PindownReporter(job);
let vitest;
try {
  const opened = await openVitest(job.args, ['default', reporter]);
  ({ vitest } = opened);
  keepOrder(vitest.config.sequence, opened.BaseSequencer);
  for (const { config } of [vitest, ...vitest.projects]) limitWorkers(config);
  // Hands itself to the reporters; was called `init` before Vitest 4.
  await (vitest.standalone === undefined ? vitest.init() : vitest.standalone());
  const place = new Map(job.files.map((file, index) => [file, index]));
  const specifications = (await vitest.globTestSpecifications())
    .filter(({ moduleId }) => place.has(moduleId))
    .sort((a, b) => place.get(a.moduleId) - place.get(b.moduleId));
  const found = new Set(specifications.map(({ moduleId }) => moduleId));
  reporter.missing(job.files.filter((file) => !found.has(file)));
  if (specifications.length > 0) await vitest.runTestSpecifications(specifications, true);
} catch (error) {
  reporter.failed(error);
  process.stderr.write(`${inspect(error)}\n`);
} finally {
  reporter.end();
  await vitest?.exit();
}

/** The files run in the plan's order, unless the project has a sequencer of its own or shuffles. */
function keepOrder(sequence, BaseSequencer) {
  if (sequence.sequencer !== BaseSequencer) return;
  sequence.sequencer = class extends BaseSequencer {
    async sort(specifications) {
      return specifications;
    }
  };
}

/** At most the job's share of the processors; where the project wants fewer, fewer. */
function limitWorkers(config) {
  if (config.fileParallelism === false) return;
  // Vitest 5 fills in its own default, before it the field is set by the project alone.
  const own = config.providedOptions?.maxWorkers === false ? undefined : config.maxWorkers;
  config.maxWorkers = Math.min(own ?? Infinity, job.width);
  if (config.minWorkers > job.width) config.minWorkers = job.width;
  // Each pool's own limits, until Vitest 3.
  for (const options of Object.values(config.poolOptions ?? {})) {
    for (const name of ['minForks', 'maxForks', 'minThreads', 'maxThreads']) {
      if (options[name] > job.width) options[name] = job.width;
    }
  }
}
