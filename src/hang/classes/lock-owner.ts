import type { Wait } from '../graph/wait.ts';
import type { Scene } from './hang-class.ts';

/** The thread that has what a thread waits for, as it stands in the lock; null where none does. */
function ownerOf({ futex }: Wait): number | null {
  return futex === undefined || futex.isOwnerGone ? null : futex.owner;
}

/**
 * Threads that wait in a circle, each for what the next one has, the lowest id first; one that waits
 * for what it has itself is a circle of one.
 */
export function ownerCircles(scene: Scene): Wait[][] {
  const circles: Wait[][] = [];
  for (const start of scene.waits) {
    const path: Wait[] = [];
    let at: Wait | undefined = start;
    while (at !== undefined && !path.includes(at)) {
      path.push(at);
      at = ownersWait(scene, at);
    }
    const isLowest = path.every(({ thread }) => thread.tid >= start.thread.tid);
    if (at === start && isLowest) circles.push(path);
  }
  return circles;
}

function ownersWait(scene: Scene, wait: Wait): Wait | undefined {
  const owner = ownerOf(wait);
  return owner === null ? undefined : scene.waits.find(({ thread }) => thread.tid === owner);
}

/** Whether a thread waits for a lock, and not for the end of another thread. */
export function isLockWait({ futex }: Wait): boolean {
  return futex !== undefined && futex.shape !== 'join';
}
