import type { Claim, HangClass, Scene } from './hang-class.ts';
import { rootOfThread } from './root-of-thread.ts';
import { runtimeOf } from './runtime-of.ts';
import { isStuck } from './scene.ts';
import { isOfLibrary, placeOfStack, rootOfStack, stacksByProcess } from './stacks.ts';

/** A lock whose owner was not copied by fork, or ended without giving it back. */
export const mutexOwnerGone: HangClass = {
  name: 'mutex-owner-gone',
  title: 'a lock is held by a thread that is not there any more',
  causes: [
    'fork(2) while another thread held the lock: the child has the lock, and not its owner.',
    'A thread ended (cancelled, returned early, killed) with the lock held.',
  ],
  fixes: [
    'Start children before threads, or execute a program at once (spawn and not fork).',
    'Take the locks around fork (pthread_atfork); use a guard, or a robust mutex.',
  ],
  decidedBy:
    'The owner that stands in the lock is no thread of the process, or the process is a copy made by fork, whose one thread waits for a lock that only a thread with the same memory could give back: that rules out an owner that is slow.',
  confusedWith: [
    {
      name: 'self-deadlock',
      toldApartBy:
        'there the owner is the waiting thread itself; of a copy whose lock names no owner only the stack may tell.',
    },
    {
      name: 'mutex-cycle',
      toldApartBy: 'there the owner is a thread that waits as well.',
    },
    {
      name: 'lock-without-owner',
      toldApartBy:
        'there such a copy is claimed, too; that it runs what its parent runs, and has one thread, is seen only here.',
    },
    {
      name: 'lost-wake-up',
      toldApartBy:
        'there a call is awaited, and no lock; in a copy of a Python an event looks like a lock, and only the stack tells.',
    },
  ],
  claim: (scene) => [...ofOwners(scene), ...ofCopies(scene)],
};

/** Of locks that tell their owner. */
function ofOwners(scene: Scene): Claim[] {
  return scene.waits.flatMap((wait) => {
    if (wait.futex?.isOwnerGone !== true) return [];
    const { pid, tid } = wait.thread;
    const { owner } = wait.futex;
    const other = scene.waits.find(({ thread }) => thread.tid === owner)?.thread;
    const where = other === undefined ? 'no thread any more' : `a thread of pid ${other.pid}`;
    return [
      {
        root: rootOfThread(scene, wait.thread),
        confidence: 0.96,
        summary: `thread ${tid} of pid ${pid} waits for a mutex whose owner, thread ${owner}, is ${where}: nobody gives it back`,
        decidedBy: [
          `thread ${tid} ${wait.what}`,
          `thread ${owner} stands in it as the owner, and pid ${pid} has no such thread`,
        ],
        ruledOut: ['an owner that is slow: it is not there'],
        couldBe: [],
      },
    ];
  });
}

/**
 * Of locks that don't: a copy of its parent, made by fork, has one thread, and that waits to be woken
 * by another one. The lock came with the memory, held by a thread that did not.
 */
function ofCopies(scene: Scene): Claim[] {
  return scene.waits.flatMap((wait) => {
    const { pid } = wait.thread;
    const process = scene.seen.processes.get(pid);
    const parent = scene.seen.processes.get(process?.now.parent ?? 0);
    if (process === undefined || parent === undefined || process.threads.length > 1) return [];
    if (process.now.commandLine !== parent.now.commandLine || !isStuck(scene, wait)) return [];
    if (wait.futex?.isPrivate !== true || wait.futex.isOwnerGone) return [];
    // What Python makes its locks of looks like a condition; elsewhere that is one.
    if (wait.futex.shape !== 'lock' && runtimeOf(process) !== 'python') return [];
    const stack = stacksByProcess(scene, 'python').get(pid)?.[0];
    const [inner] = stack?.frames ?? [];
    // Below an acquire of the program's own: an event, a queue or a join would wait in the library.
    if (stack !== undefined && inner !== undefined && isOfLibrary(inner, 'python')) return [];
    const place = stack === undefined ? '' : ` at ${placeOfStack(stack)}`;
    return [
      {
        root: stack === undefined ? rootOfThread(scene, wait.thread) : rootOfStack(scene, stack),
        confidence: stack === undefined ? 0.87 : 0.9,
        summary: `pid ${pid}, a copy of pid ${parent.pid} made by fork, ${wait.what}${place}, which only another thread of its own could give back: it has none, and the one that held the lock at the fork was not copied`,
        decidedBy: [
          `pid ${pid} ${wait.what}, which nobody outside of its memory can end`,
          'it runs what its parent runs (no execve since the fork), and has one thread',
        ],
        ruledOut: ['an owner that is slow: no other thread has this memory'],
        couldBe:
          stack === undefined
            ? [
                'an event that nobody sets, or a lock that this thread took before: its stack would tell',
              ]
            : ['a lock that this thread took before, without `with`'],
      },
    ];
  });
}
