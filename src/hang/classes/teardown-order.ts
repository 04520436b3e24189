import type { Wait } from '../graph/wait.ts';
import { namePid } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { isStuck, rootOfWait } from './scene.ts';

/** Each level waits for another one to end or to act, round in a circle. */
export const teardownOrder: HangClass = {
  name: 'teardown-order',
  title: 'each level waits for another one to end first',
  causes: [
    'A parent waits for the end of a child before it closes or says what the child waits for.',
    'A thread is joined before the queue is closed that it reads.',
    'Two fixtures tear down in the order in which they were set up.',
  ],
  fixes: [
    'Tell first, then wait: close, signal or cancel what the other one waits for, then join it.',
    'Tear down in the reverse order of setting up (a stack of finalizers, with, using).',
  ],
  decidedBy:
    'The waits lead from one to the next and back, and none may end; one of them is for the end of a child or a thread, and another one for neither an end nor a lock whose holder is known: that rules out a level that is slow, since none of them ran or has a time limit.',
  confusedWith: [
    {
      name: 'parent-waits-child',
      toldApartBy: 'there the chain has an end, and does not lead back.',
    },
    {
      name: 'mutex-cycle',
      toldApartBy: 'there the circle is of locks with owners, and of joins.',
    },
    {
      name: 'pipe-back-pressure',
      toldApartBy: 'of two levels both may be claimed; there the channel is named that is full.',
    },
    {
      name: 'child-waits-stdin',
      toldApartBy: 'of two levels both may be claimed; there the stdin is named that nobody feeds.',
    },
  ],
  claim(scene) {
    return scene.graph.roots.flatMap((circle) => {
      const ends = circle.filter(isForAnEnd);
      const others = circle.filter((wait) => !isForAnEnd(wait));
      const [leader] = ends;
      if (leader === undefined || others.length === 0) return [];
      if (!circle.every((wait) => isStuck(scene, wait))) return [];
      // Who is stopped waits for nobody.
      if (others.some(({ kind }) => kind === 'stopped' || kind === 'traced')) return [];
      // Locks that are held in a circle have classes of their own.
      if (others.every(({ kind, futex }) => kind === 'file-lock' || futex?.owner != null))
        return [];
      const steps = circle.slice(0, 8).map(({ thread, what }) => `${nameThread(thread)} ${what}`);
      const levels = new Set(circle.map(({ thread }) => thread.tid)).size;
      return [
        {
          root: rootOfWait(scene, leader, leader.place ?? null),
          confidence: levels > 2 ? 0.8 : 0.6,
          summary: `${levels} levels wait for each other in a circle, from ${namePid(scene, leader.thread.pid)} on, which ${leader.what}: ${steps.join('; ')}`,
          decidedBy: ['every wait leads to the next one and back, and none may end', ...steps],
          ruledOut: [
            'a level that is slow: no thread of the circle ran, and none has a time limit',
          ],
          couldBe:
            levels > 2 ? [] : ['a channel between two processes that neither of them serves'],
        },
      ];
    });
  },
};

function isForAnEnd({ kind, futex }: Wait): boolean {
  return kind === 'child' || futex?.shape === 'join';
}

function nameThread({ pid, tid }: Wait['thread']): string {
  return pid === tid ? `pid ${pid}` : `thread ${tid} of pid ${pid}`;
}
