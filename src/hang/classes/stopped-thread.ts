import type { Wait } from '../graph/wait.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { Scene } from './hang-class.ts';

/** A process that is stopped, by job control or by hand. */
export interface Stopped {
  readonly process: ObservedProcess;
  readonly wait: Wait;
  /** The terminal that it was about to use from the background; null where it was no such thing. */
  readonly terminal: {
    readonly path: string;
    readonly fd: number;
    readonly access: 'read' | 'write' | 'set';
  } | null;
}

/** Every process of the tree that is stopped (state `T`), told by its first thread. */
export function stoppedOnes(scene: Scene): Stopped[] {
  return scene.waits.flatMap((wait) => {
    const process = scene.seen.processes.get(wait.thread.pid);
    if (wait.kind !== 'stopped' || process === undefined) return [];
    if (wait.thread.tid !== process.threads[0]?.now.tid) return [];
    const all = process.threads.map(({ now }) => terminalOf(process, now.syscall));
    return [{ process, wait, terminal: all.find((one) => one !== null) ?? null }];
  });
}

const ACCESS: Readonly<Record<string, 'read' | 'write' | 'set'>> = {
  read: 'read',
  readv: 'read',
  write: 'write',
  writev: 'write',
  ioctl: 'set',
};

/** The call that it is stopped in is begun anew when it is continued, so that it still shows. */
function terminalOf(
  { descriptors, now }: ObservedProcess,
  call: ObservedProcess['threads'][number]['now']['syscall'],
): Stopped['terminal'] {
  const access = ACCESS[call?.name ?? ''];
  const fd = Number(BigInt.asIntN(32, call?.args[0] ?? -1n));
  const descriptor = descriptors.list.find((one) => one.fd === fd);
  if (access === undefined || descriptor?.kind !== 'terminal') return null;
  if (now.terminal === undefined || now.terminal.foreground === now.group) return null;
  return { path: descriptor.target, fd, access };
}
