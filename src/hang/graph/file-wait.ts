import { isFifo } from '../observe/fifo.ts';
import { readText } from '../observe/process-memory.ts';
import { type Blocked, type Decoded, fromProcess } from './decoded.ts';
import { asInt } from './timed-wait.ts';
import type { Source } from './wait.ts';

/** fcntl(2): F_SETLKW and F_OFD_SETLKW, the commands that wait. */
const SETLKW: ReadonlySet<number> = new Set([7, 38]);

/** `flock` and a waiting `fcntl`: whoever has the lock, by `/proc/locks`. */
export function fileLockWait({ call, process, seen }: Blocked): Decoded | null {
  const isLock =
    call.name === 'flock' || (call.name === 'fcntl' && SETLKW.has(asInt(call.args[1] ?? 0n)));
  if (!isLock) return null;
  const fd = asInt(call.args[0] ?? -1n);
  const target = process.descriptors.list.find((one) => one.fd === fd)?.target ?? `fd ${fd}`;
  const own = seen.locks.find(({ waits, pid }) => waits && pid === process.pid);
  const holders = seen.locks.filter(({ waits, id }) => !waits && id === own?.id);
  const sources = holders.map(({ pid }): Source =>
    pid > 0
      ? fromProcess(pid, `holds the lock on ${target}`, seen)
      : { kind: 'unknown', via: `somebody holds the lock on ${target} through an open file` },
  );
  return {
    kind: 'file-lock',
    what: `waits for the lock on ${target} (fd ${fd})`,
    fds: [fd],
    sources:
      sources.length > 0 ? sources : [{ kind: 'unknown', via: 'a holder that was not seen' }],
  };
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
