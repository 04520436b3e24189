import type { Source, Wait } from './wait.ts';

/** What a wait-for graph comes to. */
export interface Progress {
  /** The waits that something may end, with the source that was met first. */
  readonly may: ReadonlyMap<Wait, Source>;
  /** Those that nothing can end any more, unless somebody from outside steps in. */
  readonly stuck: readonly Wait[];
}

/**
 * The least fixpoint of "may still progress": a thread may where a source of its wait is time,
 * somebody outside, unknown or there already, or is a process of which one thread may. Whatever is
 * not known counts as progress, so that what is stuck is provably so.
 *
 * A process may end only if all of its threads or one that ends it may go on; that any of them may
 * is enough here, which errs to the safe side.
 *
 * @param gone pids of the tree that have ended, whose end is there already
 */
export function mayProgress(waits: readonly Wait[], gone: ReadonlySet<number>): Progress {
  const may = new Map<Wait, Source>();
  const moving = new Set<number>();
  const movingThreads = new Set<number>();
  const isMet = (source: Source): boolean => {
    switch (source.kind) {
      case 'time':
      case 'outside':
      case 'ready':
      case 'unknown':
        return true;
      case 'process':
        return moving.has(source.pid);
      case 'end':
        return gone.has(source.pid) || moving.has(source.pid);
      case 'thread':
        return movingThreads.has(source.tid);
    }
  };
  for (let before = -1; may.size !== before;) {
    before = may.size;
    for (const wait of waits) {
      if (may.has(wait)) continue;
      const met = wait.sources.find(isMet);
      if (met === undefined) continue;
      may.set(wait, met);
      moving.add(wait.thread.pid);
      movingThreads.add(wait.thread.tid);
    }
  }
  return { may, stuck: waits.filter((wait) => !may.has(wait)) };
}
