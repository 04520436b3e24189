import type { Claim, HangClass } from './hang-class.ts';
import { lockCycles, lockWaits, type LockWait } from './lock-graph.ts';
import { nameStack, placeOfStack, rootOfStack, stacksByProcess } from './stacks.ts';

/** Threads of a JVM that wait for each other's monitors or locks. */
export const javaDeadlock: HangClass = {
  name: 'java-deadlock',
  title: "threads of a JVM wait for each other's locks",
  causes: [
    'Two threads take two locks in opposite order, often one of them in a callback.',
    'A lock is held while something is called that takes another one.',
  ],
  fixes: [
    'Take locks in one order everywhere; call nothing foreign while one is held.',
    'Use tryLock with a limit, so that a test fails with a stack and does not hang.',
  ],
  decidedBy:
    "The JVM's thread dump names, for each thread of the circle, the lock that it waits for and the next one as its holder: that rules out a holder that is slow.",
  confusedWith: [
    {
      name: 'mutex-cycle',
      toldApartBy:
        'there the owner stands in the lock itself; who has a lock of Java is known to the JVM alone.',
    },
    {
      name: 'lock-without-owner',
      toldApartBy:
        'from the kernel both are threads that wait for locks; only the thread dump names the holders.',
    },
    {
      name: 'lost-wake-up',
      toldApartBy:
        'from the kernel both are threads that wait to be woken; only the thread dump tells locks from conditions.',
    },
  ],
  claim: (scene) =>
    [...stacksByProcess(scene, 'java')].flatMap(([pid, stacks]) => {
      const said = (scene.seen.findings ?? []).flatMap((finding) =>
        finding.pid === pid ? (finding.said ?? []) : [],
      );
      return lockCycles(lockWaits(stacks)).map((cycle): Claim => {
        const [{ waiter }] = cycle;
        const lines = cycle.map(lineOf);
        return {
          root: rootOfStack(scene, waiter),
          confidence: said.length > 0 ? 0.98 : 0.93,
          summary: `${cycle.length} threads of pid ${pid} wait for each other's locks: ${lines.join('; ')}`,
          decidedBy: [...said.map((line) => `the JVM says: ${line}`), ...lines],
          ruledOut: ['a holder that is slow: whoever holds a lock of the circle waits in it'],
          couldBe: [],
        };
      });
    }),
};

function lineOf({ waiter, lock, holder }: LockWait): string {
  return `${nameStack(waiter)} waits at ${placeOfStack(waiter)} for the ${lock.kind} ${lock.id}, which ${nameStack(holder)} holds`;
}
