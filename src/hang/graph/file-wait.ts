import { readProcStat } from '../../process/proc-stat.ts';
import { isFifo } from '../observe/fifo.ts';
import type { FileLock } from '../observe/file-locks.ts';
import type { Observation } from '../observe/observation.ts';
import { readText } from '../observe/process-memory.ts';
import { type Blocked, type Decoded, fromProcess } from './decoded.ts';
import { asInt } from './timed-wait.ts';
import type { Source } from './wait.ts';

/** fcntl(2): F_SETLKW and F_OFD_SETLKW, the commands that wait. */
const SETLKW: ReadonlySet<number> = new Set([7, 38]);

/** `flock` and a waiting `fcntl`: whoever has the lock, by `fdinfo` and `/proc/locks`. */
export function fileLockWait({ call, process, seen }: Blocked): Decoded | null {
  const isFlock = call.name === 'flock';
  const isRecordLock = call.name === 'fcntl' && SETLKW.has(asInt(call.args[1] ?? 0n));
  if (!isFlock && !isRecordLock) return null;
  const fd = asInt(call.args[0] ?? -1n);
  const target = process.descriptors.list.find((one) => one.fd === fd)?.target ?? `fd ${fd}`;
  const pids = isFlock
    ? flockHolders(target, process.pid, seen)
    : recordLockHolders(target, process.pid, seen);
  const via = `has the lock on ${target}`;
  return {
    kind: 'file-lock',
    what: `waits for the lock on ${target} (fd ${fd})`,
    fds: [fd],
    place: target,
    sources:
      pids.length > 0
        ? pids.map((pid) => fromProcess(pid, via, seen))
        : [{ kind: 'unknown', via: 'a holder that was not seen' }],
  };
}

/**
 * A lock of flock(2) belongs to whoever has that open file, however they came by it: `fdinfo` tells
 * all of them, `/proc/locks` only who took it, and in a container not even that once it has ended.
 */
function flockHolders(target: string, waiter: number, seen: Observation): number[] {
  const open = openWith(target, 'FLOCK', seen);
  return open.length > 0 ? open : named('FLOCK', waiter, seen);
}

/** A lock of fcntl(2) is on a part of the file: `/proc/locks` tells whose part is in the way. */
function recordLockHolders(target: string, waiter: number, seen: Observation): number[] {
  const own = named('POSIX', waiter, seen);
  // What belongs to an open file has no process there, neither as holder nor as waiter.
  return own.length > 0 ? own : openWith(target, 'OFDLCK', seen);
}

function openWith(target: string, kind: FileLock['kind'], { holders }: Observation): number[] {
  const open = (holders.byTarget.get(target) ?? []).filter(({ locks = [] }) =>
    locks.includes(kind),
  );
  return [...new Set(open.map(({ pid }) => pid))];
}

function named(kind: FileLock['kind'], waiter: number, { locks }: Observation): number[] {
  const own = locks.find((lock) => lock.waits && lock.pid === waiter && lock.kind === kind);
  const holders = locks.filter(({ waits, id, pid }) => !waits && id === own?.id && pid > 0);
  return holders.map(({ pid }) => pid).filter((pid) => readProcStat(pid) !== null);
}

/** An `open` that does not come back: a FIFO of which nobody has the other end open. */
export function fifoOpenWait({ call, thread, process, seen }: Blocked): Decoded | null {
  if (!['open', 'openat', 'openat2'].includes(call.name ?? '')) return null;
  const address = call.args[call.name === 'open' ? 0 : 1] ?? 0n;
  const path = readText(process.pid, address) ?? 'a file whose name may not be read';
  const waitsIn = thread.now.waitsIn;
  // Only where the kernel does not tell: a stat(2) of what hangs otherwise could hang ourselves.
  const isPartnerless =
    waitsIn === null ? path.startsWith('/') && isFifo(path) : /partner|fifo/.test(waitsIn);
  if (!isPartnerless) return null;
  return {
    kind: 'fifo-open',
    what: `opens the FIFO ${path}, of which nobody has the other end open`,
    place: path,
    sources: [...seen.processes.values()]
      .filter(({ pid }) => pid !== process.pid)
      .map(({ pid }): Source => ({ kind: 'process', pid, via: 'could open the other end' }))
      .concat({ kind: 'outside', pid: null, via: 'whoever opens the other end' }),
  };
}
