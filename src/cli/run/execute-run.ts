import type { Sink } from '../../core/event.ts';
import { EXIT } from '../../core/exit-status.ts';
import type { Shard } from '../../core/run.ts';
import { readLedger } from '../../ledger/gotcha/read-ledger.ts';
import { type RunResult, runSuites } from '../../run/run.ts';
import type { Io } from '../io.ts';
import { ownVersion } from '../version.ts';
import { InterruptedEarly, listenForInterrupts } from './interrupts.ts';
import { ledgerPort } from './ledger-port.ts';
import { type Project, resolveProject } from './project.ts';
import { knownTo } from './read-history.ts';
import { runSinks } from './run-sinks.ts';
import { openSession } from './session.ts';
import { holdYoungGeneration } from './young-generation.ts';

/** What one run is to be like, beside what its project says. */
export interface RunWishes {
  readonly seed: number | null;
  readonly shard: Shard | null;
  /** How many of the slowest units are listed at its end. */
  readonly slowest: number;
  /** Whether GitHub's annotations and step summary are written. */
  readonly github: boolean;
  /** Whether the last screen is printed on stdout. */
  readonly screen: boolean;
  /** Reads the run's events beside the reports. */
  readonly listener?: Sink;
}

/**
 * Runs a project's units to their end and records them; interrupts end the run in good order.
 *
 * @param finish what is to be done before the next interrupt ends this process
 * @returns what `finish` does; what an interrupt ends with, where it came while the suite was being
 *   listed
 */
export async function executeRun(
  project: Project,
  wishes: RunWishes,
  io: Io,
  finish: (result: RunResult) => Promise<number>,
): Promise<number> {
  holdYoungGeneration();
  const interrupts = listenForInterrupts();
  try {
    // Before anything is run: a ledger that can't be read would tolerate nothing.
    const gotchas = readLedger(project.root);
    const { suites } = await resolveProject(project, io);
    const session = await openSession(project.root, {
      graceMs: project.settings.graceMs,
      keepRuns: project.settings.keepRuns,
      signal: interrupts.signal,
    });
    try {
      const result = await runSuites(
        {
          ...project.settings,
          version: ownVersion(),
          projectRoot: project.root,
          cwd: io.cwd,
          state: session.state,
          env: project.env,
          again: project.again,
          suites,
          selectors: project.selectors,
          seed: wishes.seed,
          shard: wishes.shard,
          notices: session.notices,
        },
        {
          ledger: ledgerPort(gotchas, session.history, {
            root: project.root,
            failOnUninvestigated: project.settings.failOnUninvestigated,
          }),
          known: knownTo(session.history, {
            sharded: wishes.shard !== null,
            order: project.settings.order,
          }),
          register: (info) =>
            session.history === null ? info : { ...info, number: session.history.beginRun(info) },
          say: (line) => io.stderr.write(`${line}\n`),
          signal: interrupts.signal,
          onInterruptible: (handler) => interrupts.handOver(handler),
          sinks: (run) => [
            ...(wishes.listener === undefined ? [] : [wishes.listener]),
            ...runSinks(run, session, io, { project, ...wishes }),
          ],
        },
      );
      return await finish(result);
    } finally {
      session.history?.close();
    }
  } catch (error) {
    if (!(error instanceof InterruptedEarly)) throw error;
    io.stderr.write(`${error.message} while the suite was being listed: nothing was run\n`);
    return error.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  } finally {
    interrupts.stop();
  }
}
