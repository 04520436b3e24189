import type { Wait } from '../graph/wait.ts';
import type { Scene } from './hang-class.ts';

/** A thread that waits for a lock on a file, and who has it. */
export interface FileLockWait {
  readonly wait: Wait;
  readonly path: string;
  /** Pids, of the tree and others. */
  readonly holders: readonly number[];
}

/** Everything that waits for locks on files. */
export function fileLockWaits({ waits }: Scene): FileLockWait[] {
  return waits
    .filter(({ kind }) => kind === 'file-lock')
    .map((wait) => ({
      wait,
      path: wait.place ?? 'a file',
      holders: wait.sources.flatMap((source) =>
        (source.kind === 'process' || source.kind === 'outside') && source.pid !== null
          ? [source.pid]
          : [],
      ),
    }));
}

/** Waits in a circle, each for a lock that the process of the next one has; the lowest pid first. */
export function fileLockCircles(scene: Scene): FileLockWait[][] {
  const all = fileLockWaits(scene);
  return all.flatMap((start) => {
    const path: FileLockWait[] = [];
    let at: FileLockWait | undefined = start;
    while (at !== undefined && !path.includes(at)) {
      path.push(at);
      const { holders }: FileLockWait = at;
      at = all.find(({ wait }) => holders.includes(wait.thread.pid));
    }
    const isLowest = path.every(({ wait }) => wait.thread.tid >= start.wait.thread.tid);
    return at === start && isLowest ? [path] : [];
  });
}
