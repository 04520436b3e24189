import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, signalProcess } from '../../../process/proc-stat.ts';
import type { ObservedProcess } from '../../observe/observation.ts';
import { type Cdp, CdpError } from './cdp.ts';
import { connectInspector } from './cdp-socket.ts';
import { armedInspector, type Listening, listeningPorts } from './inspector-port.ts';
import { catchesInspectorSignal, type MainState } from './node-process.ts';

/** A way in, and the way out again. */
export interface OpenInspector {
  readonly cdp: Cdp;
  /** Leaves the process as it was found: its inspector closed, if it was closed before. */
  leave(): Promise<void>;
}

/** For the inspector to listen: a thread of its own and an interrupt of the main one, on a loaded machine. */
const LISTEN_LIMIT_MS = 1_500;
const LOOK_EVERY_MS = 2;
const LEAVE_LIMIT_MS = 800;

/**
 * Opens the inspector of a Node, by SIGUSR1 where it was not open already.
 *
 * @throws {CdpError} it can't be opened, and why
 */
export async function openInspector(
  process: ObservedProcess,
  main: MainState,
  signal: AbortSignal,
): Promise<OpenInspector> {
  const armed = armedInspector(process.pid);
  const at = armed ?? (await startInspector(process, signal));
  const socket = await connectInspector(at, signal);
  return {
    cdp: socket.cdp,
    leave: async () => {
      if (armed === null) await closeInspector(socket.cdp, main);
      socket.close();
    },
  };
}

/** By a signal, or by who traces it: proc_pid_stat(5). */
const STOPPED: ReadonlySet<string> = new Set(['T', 't']);

async function startInspector(process: ObservedProcess, signal: AbortSignal): Promise<Listening> {
  const { pid, now } = process;
  if (!catchesInspectorSignal(process)) {
    throw new CdpError('it does not take SIGUSR1, by which an inspector is started');
  }
  if (STOPPED.has(now.state)) {
    throw new CdpError('it is stopped, and would start its inspector when it goes on');
  }
  const before = new Set(listeningPorts(pid).map(({ port }) => port));
  if (!isAlive(pid, now.startTime) || signalProcess(pid, 'SIGUSR1') !== 'sent') {
    throw new CdpError('it may not be signalled, or is gone');
  }
  const until = performance.now() + LISTEN_LIMIT_MS;
  while (performance.now() < until && !signal.aborted) {
    await wait(LOOK_EVERY_MS);
    const found = listeningPorts(pid).find(({ port }) => !before.has(port));
    if (found !== undefined) return found;
  }
  throw new CdpError(
    'no inspector came up at SIGUSR1: its main thread is inside a native call, another process has the port, or the program itself takes that signal; one that comes up later stays open',
  );
}

const CLOSE = 'process._debugEnd()';

/**
 * SIGUSR1 is heard a second time when a thread that was busy comes back to its loop, which starts
 * the inspector anew (src/inspector_agent.cc, start_io_thread_async): it is closed then, too.
 */
const CLOSE_AND_AGAIN = `setImmediate(() => ${CLOSE}).unref(); ${CLOSE}`;

async function closeInspector(cdp: Cdp, main: MainState): Promise<void> {
  const expression = main === 'idle' ? CLOSE : CLOSE_AND_AGAIN;
  const hungUp = cdp.send('Runtime.evaluate', { expression, silent: true }).then(
    () => undefined,
    // It hangs up before it answers, which is what was asked for.
    () => undefined,
  );
  await Promise.race([hungUp, wait(LEAVE_LIMIT_MS, undefined, { ref: false })]);
}
