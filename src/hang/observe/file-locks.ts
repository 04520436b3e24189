import { readProcFile } from '../../process/proc-stat.ts';

/** A lock on a file, or somebody who waits for one (proc_locks(5)). */
export interface FileLock {
  readonly id: number;
  readonly kind: 'FLOCK' | 'POSIX' | 'OFDLCK' | 'LEASE';
  readonly access: 'READ' | 'WRITE';
  /** -1 for a lock on an open file description, which has no process. */
  readonly pid: number;
  readonly inode: number;
  /** It waits for the lock with the same id that does not wait. */
  readonly waits: boolean;
}

/** All locks of the machine that are visible in this pid namespace. */
export function fileLocks(): FileLock[] {
  return (readProcFile('/proc/locks') ?? '').split('\n').flatMap((line) => parseLock(line) ?? []);
}

/** `1: -> FLOCK  ADVISORY  WRITE 123 fd:00:456 0 EOF`. */
function parseLock(line: string): FileLock | null {
  const found =
    /^(\d+):\s+(->\s+)?(FLOCK|POSIX|OFDLCK|LEASE)\s+\S+\s+(READ|WRITE)\s+(-?\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(
      line,
    );
  if (found === null) return null;
  const [, id, waits, kind, access, pid, inode] = found;
  return {
    id: Number(id),
    kind: kind as FileLock['kind'],
    access: access as FileLock['access'],
    pid: Number(pid),
    inode: Number(inode),
    waits: waits !== undefined,
  };
}
