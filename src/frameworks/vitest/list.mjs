/*
 * Writes the test files that `vitest run` with these arguments would run, as JSON, into the file
 * named first: the configuration is resolved and its globs are looked up, nothing is run. In about
 * the time that `vitest list --filesOnly --json` takes, whose output any plugin can write into.
 */
import { writeFileSync } from 'node:fs';
import { openVitest } from './vitest-api.mjs';

const [out, ...args] = process.argv.slice(2);
const { vitest, filters } = await openVitest(args, []);
const specifications = await vitest.getRelevantTestSpecifications(filters);
writeFileSync(
  out,
  JSON.stringify({
    version: vitest.version,
    files: [...new Set(specifications.map(({ moduleId }) => moduleId))],
    browser: specifications.some(({ project }) => project.isBrowserEnabled()),
  }),
);
// Nothing ran that would have to be waited for, and plugins may keep the process.
process.exit(0);
