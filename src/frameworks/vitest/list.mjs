/*
 * Writes the test files that `vitest run` with these arguments would run, as JSON, into the file
 * named first: the configuration is resolved and its globs are looked up, nothing is run. In about
 * the time that `vitest list --filesOnly --json` takes, whose output any plugin can write into.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { openVitest } from './vitest-api.mjs';

async function list(args) {
  const { vitest, filters } = await openVitest(args, []);
  const specifications = await vitest.getRelevantTestSpecifications(filters);
  return {
    files: [...new Set(specifications.map(({ moduleId }) => moduleId))],
    browser: specifications.some(({ project }) => project.isBrowserEnabled()),
  };
}

const [out, ...args] = process.argv.slice(2);
try {
  const listing = await list(args);
  writeFileSync(`${out}.part`, JSON.stringify(listing));
  renameSync(`${out}.part`, out);
} catch (error) {
  process.stderr.write(`${inspect(error)}\n`);
}
// There is nothing to be waited for. The orderly end takes a third of the whole time and waits for
// what plugins hold; process.exit() waits for V8's compilers, which wait for the main thread where
// one of them needs a collection just then (https://github.com/nodejs/node/issues/54918): seen
// here once in some hundred starts under Node 26.
process.kill(process.pid, 'SIGKILL');
