import { readProcDirectory, readProcFile } from '../../process/proc-stat.ts';

/** A piece of memory that processes share. */
export interface SharedMemory {
  /** What is mapped there: a path, `/dev/zero (deleted)` for shared memory without a name. */
  readonly path: string;
  /** It can still be opened by its name, so that anybody may come to share it. */
  readonly isNamed: boolean;
  /** Everybody on this machine who has it mapped and may be looked at. */
  readonly pids: readonly number[];
}

/**
 * Who shares the memory that a process has at an address, by proc_pid_maps(5); null where it is not
 * shared, or can't be told.
 */
export function memorySharers(pid: number, address: bigint): SharedMemory | null {
  const own = mappingsOf(pid).find(({ from, to }) => from <= address && address < to);
  if (own === undefined || !own.isShared) return null;
  const pids = readProcDirectory('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) =>
      mappingsOf(other).some((mapping) => mapping.isShared && mapping.id === own.id),
    );
  return { path: own.path, isNamed: !own.path.endsWith(' (deleted)'), pids };
}

interface Mapping {
  readonly from: bigint;
  readonly to: bigint;
  readonly isShared: boolean;
  /** Device and inode: the same for all who share it. */
  readonly id: string;
  readonly path: string;
}

/** `7f12-7f13 rw-s 00000000 00:01 2048    /dev/shm/x (deleted)`. */
function mappingsOf(pid: number): Mapping[] {
  const text = readProcFile(`/proc/${pid}/maps`) ?? '';
  return [...text.matchAll(/^([0-9a-f]+)-([0-9a-f]+) ..(.)(.) \S+ (\S+ \d+) *(.*)$/gm)].map(
    ([, from = '0', to = '0', , kind, id = '', path = '']) => ({
      from: BigInt(`0x${from}`),
      to: BigInt(`0x${to}`),
      isShared: kind === 's',
      id,
      path,
    }),
  );
}
