import { readProcStat } from '../../process/proc-stat.ts';
import { isFifo } from '../observe/fifo.ts';
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
  const pids = lockHolders(target, process.pid, isFlock ? FLOCKS : RECORD_LOCKS, seen);
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
 * A lock of flock(2) or of an open file description belongs to whoever has that open file, however
 * they came by it: `fdinfo` tells all of them, `/proc/locks` only who took it, and in a container
 * not even that once this one has ended.
 */
function lockHolders(
  target: string,
  waiter: number,
  kinds: ReadonlySet<string>,
  { holders, locks }: Observation,
): number[] {
  const open = (holders.byTarget.get(target) ?? []).filter((holder) =>
    holder.locks?.some((kind) => kinds.has(kind)),
  );
  const own = locks.find(({ waits, pid, kind }) => waits && pid === waiter && kinds.has(kind));
  const named = locks.filter(({ waits, id, pid }) => !waits && id === own?.id && pid > 0);
  const found = open.length > 0 ? open : named.filter(({ pid }) => readProcStat(pid) !== null);
  return [...new Set(found.map(({ pid }) => pid))];
}

const FLOCKS: ReadonlySet<string> = new Set(['FLOCK']);
const RECORD_LOCKS: ReadonlySet<string> = new Set(['POSIX', 'OFDLCK']);

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
