import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { describeFault, PindownError } from '../../core/errors.ts';
import type { Sink } from '../../core/event.ts';
import type { History } from '../../history/history.ts';
import { HistoryRecorder } from '../../history/recorder.ts';
import { openHistory } from '../../history/sqlite/open.ts';
import { occurrenceSink } from '../../ledger/occurrence-sink.ts';
import { ctrfSink } from '../../report/ctrf.ts';
import { jsonSink } from '../../report/json.ts';
import { junitSink } from '../../report/junit.ts';
import { ndjsonSink } from '../../report/ndjson.ts';
import { removeLeftContainers } from '../../run/left-containers.ts';
import { endLeftovers } from '../../run/preflight.ts';
import { pruneRuns } from '../../run/prune-runs.ts';
import { type Recovered, recoverDeadRuns } from '../../run/recover.ts';
import { type Notice, notGivenBack } from '../../run/notice.ts';
import {
  type StateDirectory,
  highestRunNumber,
  prepareStateDirectory,
  stateDirectory,
} from '../../run/state-directory.ts';

/** A project's state, opened for a run: what an earlier one left behind is dealt with. */
export interface Session {
  readonly state: StateDirectory;
  /** Null where it can't be had; a notice says why. */
  readonly history: History | null;
  /** What the user is to be told in the run's report. */
  readonly notices: readonly Notice[];
}

/**
 * Opens the state of a project: makes `.pindown/`, opens the history, closes the runs whose
 * Pindown died, and removes the directories of the oldest ones.
 *
 * @throws PindownError `state-unwritable`
 */
export async function openSession(
  projectRoot: string,
  options: { readonly graceMs: number; readonly keepRuns: number; readonly signal: AbortSignal },
): Promise<Session> {
  const state = stateDirectory(projectRoot);
  prepareStateDirectory(state);
  const notices: Notice[] = [];
  const history = historyOf(state, notices);
  // First, since it is by the runs' directories that the engines are known.
  notices.push(...(await removeLeftContainers(state, projectRoot)));
  const recovered = await recoverDeadRuns(state, {
    clock: systemClock,
    graceMs: options.graceMs,
    signal: options.signal,
    recorder: (runDir) => ndjsonSink({ file: join(runDir, 'events.ndjson') }),
    reports: (runDir) => [...reportSinks(runDir), ...recorderOf(history), ...failuresOf(history)],
    fault: (message) => notices.push(notGivenBack(message)),
    unreadable: (runDir, error) =>
      notices.push({
        level: 'warning',
        code: 'run-unreadable',
        message: `An earlier run was left unfinished in ${runDir} and can't be closed: ${describeFault(error)}.`,
      }),
  });
  notices.push(...recovered.flatMap(describeRecovered));
  const { graceMs, signal } = options;
  notices.push(...(await endLeftovers(state, { graceMs, signal, env: process.env })));
  // Last, so that no directory goes before its run is closed.
  for (const fault of pruneRuns(state, options.keepRuns)) {
    notices.push({ level: 'warning', code: 'run-not-removed', message: fault });
  }
  return { state, history, notices };
}

/** The reports that every run leaves in its directory. */
export function reportSinks(runDir: string): Sink[] {
  return [
    junitSink({ file: join(runDir, 'junit.xml'), runDir }),
    ctrfSink({ file: join(runDir, 'ctrf.json') }),
    // The last one: its presence says that the run was closed.
    jsonSink({ file: join(runDir, 'report.json') }),
  ];
}

export function recorderOf(history: History | null): Sink[] {
  return history === null ? [] : [new HistoryRecorder(history)];
}

/** A run that goes on has its ledger record them. */
function failuresOf(history: History | null): Sink[] {
  return history === null ? [] : [occurrenceSink(history)];
}

function historyOf(state: StateDirectory, notices: Notice[]): History | null {
  const opened = openHistory(state.historyFile, {
    minimumNumber: () => highestRunNumber(state) + 1,
  });
  switch (opened.kind) {
    case 'open':
      if (opened.setAside !== null) {
        notices.push({
          level: 'warning',
          code: 'history-set-aside',
          message: `The history was damaged (${opened.setAside.reason}) and was set aside as ${opened.setAside.file}; a new one was begun.`,
        });
      }
      return opened.history;
    case 'unavailable':
      notices.push({ level: 'warning', code: opened.error.code, message: withHint(opened.error) });
      return null;
  }
}

function withHint(error: PindownError): string {
  return error.hint === null ? error.message : `${error.message} ${error.hint}`;
}

function describeRecovered(run: Recovered): readonly Notice[] {
  const ended = run.ended.map(({ pid, command, endedBy }) => `pid ${pid} (${command}, ${endedBy})`);
  const left = ended.length === 0 ? '' : ` What it left behind was ended: ${ended.join(', ')}.`;
  const name = run.number === null ? run.runId : `#${run.number}`;
  const message = `Pindown died during run ${name}: ${run.lost} units are recorded as lost.${left}`;
  return [
    { level: 'warning', code: 'run-recovered', message },
    ...run.faults.map((fault) => notGivenBack(fault)),
  ];
}
