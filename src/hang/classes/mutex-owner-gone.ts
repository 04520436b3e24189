import type { HangClass } from './hang-class.ts';
import { rootOfThread } from './root-of-thread.ts';

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
  claim: (scene) =>
    scene.waits.flatMap((wait) => {
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
    }),
};
