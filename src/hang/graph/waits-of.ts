import { hasEnded } from '../../process/proc-stat.ts';
import { hasSignal } from '../observe/process-sample.ts';
import type { Observation, ObservedProcess, ObservedThread } from '../observe/observation.ts';
import { childWait } from './child-wait.ts';
import { type Blocked, type Decoded, fromProcess } from './decoded.ts';
import { descriptorWait } from './descriptor-wait.ts';
import { frozenWait } from './frozen-wait.ts';
import { futexWait } from './futex-wait.ts';
import { fileLockWait, fifoOpenWait } from './file-wait.ts';
import { limitedWait } from './limited-wait.ts';
import { epollWait, pollWait, selectWait } from './poll-wait.ts';
import { signalWait } from './signal-wait.ts';
import { uninterruptibleWait } from './uninterruptible-wait.ts';
import type { Source, Wait } from './wait.ts';

/** What every living thread of the tree waits for. */
export function waitsOf(seen: Observation): Wait[] {
  const waits: Wait[] = [];
  for (const process of seen.processes.values()) {
    if (hasEnded(process.now)) continue;
    for (const thread of process.threads) {
      if (thread.now.state === 'Z' || thread.now.state === 'X') continue;
      const { fds = [], ...decoded } = waitOf(thread, process, seen);
      waits.push({ ...decoded, thread: { pid: process.pid, tid: thread.now.tid }, fds });
    }
    if (process.now.moreThreads > 0) waits.push(unseenThreads(process));
  }
  for (const pid of seen.cameOrWent) waits.push(comingOrGoing(pid));
  return waits;
}

/** SIGALRM's number; a handler for it means a timer that `/proc` does not show (setitimer(2)). */
const SIGALRM = 14;
const SIGCHLD = 17;

function waitOf(thread: ObservedThread, process: ObservedProcess, seen: Observation): Decoded {
  const { now } = thread;
  if (now.state === 'T') return stopped(process, seen);
  if (now.state === 't') {
    const tracer = process.now.tracer;
    return {
      kind: 'traced',
      what: `is stopped by its tracer, pid ${tracer}`,
      sources: [fromProcess(tracer, 'its tracer', seen)],
    };
  }
  if (now.state === 'R' || hasMoved(thread)) return running(thread);
  const stood = frozenWait(thread);
  if (stood !== null) return stood;
  const decoded = decode(thread, process, seen);
  const alarm = hasSignal(process.now.signals.caught, SIGALRM) ? [ALARM] : [];
  const handler = hasSignal(process.now.signals.caught, SIGCHLD) ? endsOf(process, seen) : [];
  const timer = (process.now.timers ?? 0) > 0 ? [TIMER] : [];
  return { ...decoded, sources: [...decoded.sources, ...alarm, ...timer, ...handler] };
}

/** Where SIGCHLD is caught, the end of a child runs code of the parent, whatever that waits for. */
function endsOf({ pid }: ObservedProcess, { processes }: Observation): Source[] {
  return [...processes.values()]
    .filter(({ now }) => now.parent === pid && !hasEnded(now))
    .map((child) => ({ kind: 'end', pid: child.pid, via: 'SIGCHLD of its child' }));
}

const TIMER: Source = { kind: 'time', via: 'a timer of timer_create(2), which may signal it' };
const ALARM: Source = { kind: 'time', via: 'it catches SIGALRM, so that a timer may be set' };

function decode(thread: ObservedThread, process: ObservedProcess, seen: Observation): Decoded {
  const { now, before } = thread;
  const call = now.syscall;
  if (now.state === 'D') return uninterruptibleWait(thread, process, seen);
  if (call === null || before.syscall?.number !== call.number) {
    return unknown(`sleeps in ${now.waitsIn ?? 'the kernel'}`);
  }
  const blocked: Blocked = { thread, process, call, seen };
  return (
    limitedWait(blocked) ??
    descriptorWait(blocked) ??
    pollWait(blocked) ??
    selectWait(blocked) ??
    epollWait(blocked) ??
    childWait(blocked) ??
    futexWait(blocked) ??
    fileLockWait(blocked) ??
    fifoOpenWait(blocked) ??
    signalWait(blocked) ??
    unknown(`is in ${call.name ?? `system call ${call.number}`}`)
  );
}

/** A thread that was switched in between the samples does something, however little. */
function hasMoved({ before, now }: ObservedThread): boolean {
  return (
    now.voluntarySwitches !== before.voluntarySwitches ||
    now.involuntarySwitches !== before.involuntarySwitches ||
    (now.cpuNs !== null && before.cpuNs !== null && now.cpuNs !== before.cpuNs)
  );
}

function running({ now, before }: ObservedThread): Decoded {
  const what = now.state === 'R' || before.state === 'R' ? 'is running' : 'was running in between';
  return { kind: 'running', what, sources: [{ kind: 'ready', via: what }] };
}

function stopped({ pid }: ObservedProcess, { processes }: Observation): Decoded {
  return {
    kind: 'stopped',
    what: `pid ${pid} is stopped by a signal`,
    // Whoever would continue it does not show; it may be any process of the tree that is not stopped.
    sources: [...processes.values()]
      .filter((other) => other.now.state !== 'T')
      .map((other) => ({ kind: 'process', pid: other.pid, via: 'could continue it' })),
  };
}

function unknown(what: string): Decoded {
  return { kind: 'unknown', what, sources: [{ kind: 'unknown', via: what }] };
}

function unseenThreads({ pid, now }: ObservedProcess): Wait {
  const what = `${now.moreThreads} more threads were not looked at`;
  return {
    thread: { pid, tid: pid },
    kind: 'unknown',
    what,
    fds: [],
    sources: [{ kind: 'unknown', via: what }],
  };
}

function comingOrGoing(pid: number): Wait {
  const what = 'came or went while the tree was looked at';
  return {
    thread: { pid, tid: pid },
    kind: 'running',
    what,
    fds: [],
    sources: [{ kind: 'ready', via: what }],
  };
}
