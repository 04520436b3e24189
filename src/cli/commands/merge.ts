import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProjectRoot } from '../../config/project-root.ts';
import { systemClock } from '../../core/clock.ts';
import { describeFault, environmentError, remedyFor, usageError } from '../../core/errors.ts';
import { EXIT, graverStatus } from '../../core/exit-status.ts';
import type { Cover } from '../../plan/merge.ts';
import { terminalSink } from '../../report/terminal.ts';
import { systemTicker } from '../../report/terminal/ticker.ts';
import { mergeRuns, proveBlobs } from '../../run/merge.ts';
import { newHolder } from '../../run/holder.ts';
import { createRunDirectory } from '../../run/run-directory.ts';
import {
  newRunId,
  prepareStateDirectory,
  type StateDirectory,
  stateDirectory,
} from '../../run/state-directory.ts';
import { type Command, defineCommand } from '../command.ts';
import { presentReports, REPORTS } from '../run/copy-reports.ts';
import { deliverReports } from '../run/deliver-reports.ts';
import { makeDirectory } from '../run/make-directory.ts';
import { reportSinks } from '../run/session.ts';
import { ownVersion } from '../version.ts';

export const mergeCommand: Command = defineCommand({
  name: 'merge',
  summary: 'make one report of all shards, and prove that none is missing',
  usage: ['merge DIR… [options]'],
  description: [
    'Takes the run directories of all shards of one run, as "pindown run --shard I/N --out DIR" left them, or a directory with all of them below it, and makes one report.json, junit.xml and ctrf.json of them.',
    'Before that it proves that the parts cover the plan exactly once. A shard that is missing, there twice, changed, cut off or of another plan is an error (exit status 6) that names the units concerned and the file, and nothing is written.',
    'The exit status is that of the whole: what "pindown run" would have ended with on one machine.',
  ],
  positionals: { min: 1, max: Infinity },
  takesRest: false,
  options: {
    out: {
      kind: 'string',
      placeholder: 'DIR',
      summary: 'write the reports there',
      default: 'a new directory in .pindown/runs',
    },
    'fail-on': {
      kind: 'enum',
      values: ['flaky'],
      summary: 'exit with 3 if a unit was flaky',
      default: 'as the shards were told',
    },
    json: { kind: 'boolean', summary: 'print report.json on stdout instead of the last screen' },
  },
  examples: [
    {
      command: 'pindown merge shard-1 shard-2 shard-3 --out reports',
      explains: 'merge the reports of three shards',
    },
    { command: 'pindown merge artifacts', explains: 'merge all that CI brought back' },
  ],
  async run({ options, positionals }, io) {
    const cover = await proveBlobs(positionals.map((place) => resolve(io.cwd, place)));
    const projectRoot = findProjectRoot(io.cwd);
    const state = stateDirectory(projectRoot);
    const runId = newRunId(state);
    const dir =
      options.out === undefined
        ? newRunDirectory(state, runId)
        : outDirectory(resolve(io.cwd, options.out), cover);
    const screen = terminalSink({
      stdout: options.json === true ? { ...io.stdout, write: () => undefined } : io.stdout,
      // Nothing is run: there is no progress to show.
      stderr: { ...io.stderr, write: () => undefined },
      live: false,
      unicode: io.stderr.unicode,
      root: projectRoot,
      runDir: dir,
      reports: () => presentReports(dir),
      slowest: 0,
      clock: systemClock,
      ticker: systemTicker,
    });
    const result = await mergeRuns(
      { cover, failOnFlaky: options['fail-on'] === 'flaky' },
      { runId, dir, projectRoot, version: ownVersion() },
      { clock: systemClock, sinks: [...reportSinks(dir), screen] },
    );
    for (const { message } of result.sinkFailures) io.stderr.write(`error: ${message}\n`);
    // The reports are all that a merge is for.
    const unwritten = result.sinkFailures.length > 0 ? EXIT.environment : EXIT.passed;
    const exitCode = graverStatus(result.exitCode, unwritten);
    const asked = { out: null, json: options.json === true };
    return await deliverReports({ exitCode, runDir: dir }, asked, io);
  },
});

function newRunDirectory(state: StateDirectory, runId: string): string {
  prepareStateDirectory(state);
  return createRunDirectory(state, newHolder(runId, null));
}

/** Makes the directory for the reports; a part's own directory would lose its reports. */
function outDirectory(out: string, cover: Cover): string {
  if (cover.parts.some(({ file }) => file === join(out, 'blob.ndjson'))) {
    throw usageError(
      'out-is-part',
      `--out ${out} is the directory of one of the parts; its own reports are there.`,
      'Give a directory of its own.',
    );
  }
  try {
    makeDirectory(out);
    // Those of an earlier merge would pass for this one's where one can't be written.
    for (const name of REPORTS) rmSync(join(out, name), { force: true });
  } catch (error) {
    throw environmentError(
      'out-failed',
      `The reports can't be written into ${out}: ${describeFault(error)}.`,
      remedyFor(error),
      error,
    );
  }
  return out;
}
