import type { FutexShape, Wait } from '../graph/wait.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { Scene } from './hang-class.ts';
import { runtimeOf } from './runtime-of.ts';
import { isStuck, living, waitsOfProcess } from './scene.ts';
import { isOfLibrary, stacksIn } from './stacks.ts';

/** What a thread waits for in the end: that somebody gives a lock back, or that somebody calls it. */
type FutexMeaning = 'lock' | 'call' | 'either';

/** A process of which some threads wait on futexes, and none of all may go on. */
export interface FutexStandstill {
  readonly process: ObservedProcess;
  /** The waits on futexes whose owner is not known, joins left out. */
  readonly waits: readonly (Wait & { readonly meaning: FutexMeaning })[];
}

/** Why nobody is left who could end the waits of a standstill, for people. */
export function standstillProof({ process, waits }: FutexStandstill): string {
  const { pid, threads } = process;
  const own = `${threads.length === 1 ? 'the only thread' : `all ${threads.length} threads`} of pid ${pid} ${threads.length === 1 ? 'is' : 'are'} stuck`;
  return waits.every(({ futex }) => futex?.isPrivate === true)
    ? `${own}, and no other process can wake a private futex`
    : `${own}, and so is everybody who shares the memory that they wait at`;
}

/** The processes that stand still in futexes of which nobody says who could end the wait. */
export function futexStandstills(scene: Scene): FutexStandstill[] {
  return living(scene).flatMap((process) => {
    // The threads of Node's pools rest so, and its main thread tells more.
    if (runtimeOf(process) === 'node') return [];
    const all = waitsOfProcess(scene, process.pid);
    if (all.length === 0 || !all.every((wait) => isStuck(scene, wait))) return [];
    const waits = all.flatMap((wait) => {
      const { futex } = wait;
      if (futex === undefined || futex.shape === 'join' || futex.owner !== null) return [];
      return [
        { ...wait, meaning: meaningInPython(scene, wait) ?? meaningOf(futex.shape, process) },
      ];
    });
    return waits.length === 0 ? [] : [{ process, waits }];
  });
}

/** What Python builds out of its locks is told by the code that waits; null where nobody told. */
function meaningInPython(scene: Scene, { thread }: Wait): FutexMeaning | null {
  const stack = stacksIn(scene, 'python').find(
    ({ pid, tid }) => pid === thread.pid && tid === thread.tid,
  );
  const [frame] = stack?.frames ?? [];
  if (frame === undefined) return null;
  const isCall =
    /(?:^|\.)wait$/.test(frame.function) && (frame.file ?? '').endsWith('/threading.py');
  if (isCall) return 'call';
  return isOfLibrary(frame, 'python') ? 'either' : 'lock';
}

function meaningOf(shape: FutexShape, process: ObservedProcess): FutexMeaning {
  switch (shape) {
    case 'mutex':
    case 'lock':
    case 'read-write-lock':
      return 'lock';
    case 'condition':
    case 'parked':
      return 'call';
    // All that Python waits for is a semaphore, its locks as well.
    case 'semaphore':
      return runtimeOf(process) === 'python' ? 'either' : 'call';
    case 'join':
    case 'other':
      return 'either';
  }
}
