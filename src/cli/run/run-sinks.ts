import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import type { Sink } from '../../core/event.ts';
import { blobSink } from '../../report/blob.ts';
import { BLOB_NAME } from '../../report/blob/format.ts';
import { githubSink } from '../../report/github.ts';
import { ndjsonSink } from '../../report/ndjson.ts';
import { terminalSink } from '../../report/terminal.ts';
import { systemTicker } from '../../report/terminal/ticker.ts';
import type { RunContext } from '../../run/run.ts';
import type { Io } from '../io.ts';
import { presentReports } from './copy-reports.ts';
import { memorySink } from './memory-sink.ts';
import type { Project } from './project.ts';
import { recorderOf, reportSinks, type Session } from './session.ts';

/** Every reader of the run's events; the one that talks to people comes last. */
export function runSinks(
  run: RunContext,
  session: Session,
  io: Io,
  options: {
    readonly project: Project;
    readonly slowest: number;
    readonly github: boolean;
    readonly screen: boolean;
  },
): Sink[] {
  const { runDir, plan } = run;
  const { project, slowest } = options;
  const { root, again } = project;
  const github = githubSink({
    root,
    again,
    workspace: io.env['GITHUB_WORKSPACE'] ?? root,
    summaryFile: io.env['GITHUB_STEP_SUMMARY'] ?? null,
    // The runner reads both; under --json stdout is the report's alone.
    write: (text) => (options.screen ? io.stdout : io.stderr).write(text),
  });
  const terminal = terminalSink({
    stdout: options.screen ? io.stdout : { ...io.stderr, write: () => undefined },
    stderr: io.stderr,
    live: io.stderr.live,
    unicode: io.stderr.unicode,
    root,
    runDir,
    reports: () => presentReports(runDir),
    again,
    slowest,
    clock: systemClock,
    ticker: systemTicker,
  });
  return [
    memorySink(),
    ndjsonSink({ file: join(runDir, 'events.ndjson') }),
    ...recorderOf(session.history),
    blobSink({ file: join(runDir, BLOB_NAME), entries: plan.entries }),
    ...reportSinks(runDir),
    ...(options.github ? [github] : []),
    terminal,
  ];
}
