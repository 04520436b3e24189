import { INTERPRETER_LOCK } from '../probes/python/python-threads.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { lockCycles, lockWaits, type LockWait } from './lock-graph.ts';
import { isStuck } from './scene.ts';
import {
  isOfLibrary,
  nameStack,
  placeOfStack,
  rootOfStack,
  type StackOf,
  stacksByProcess,
  waitOfStack,
} from './stacks.ts';

/** Python's threads wait for locks that each other, or nobody who could, will give back. */
export const pythonLock: HangClass = {
  name: 'python-lock',
  title: 'a thread of Python waits for a lock that will not be released',
  causes: [
    'Two threads take two locks in opposite order.',
    'A thread takes a Lock that it has already: only an RLock may be taken twice.',
    'A lock was acquired without `with`, and an exception or a return went past its release.',
  ],
  fixes: [
    'Take locks in one order everywhere, or make them one.',
    'Hold every lock by `with`; use an RLock where a method calls another that takes it.',
    'Give acquire() a timeout, so that a test fails with a stack and does not hang.',
  ],
  decidedBy:
    "Python's stacks show a thread that waits for a lock, and that its holder by `with` waits in a circle with it or can never go on, or that nobody holds it by `with` and nobody is left to release it: that rules out a holder that is slow.",
  confusedWith: [
    {
      name: 'lock-without-owner',
      toldApartBy:
        "from the kernel both are threads that wait at a futex; only Python's stacks tell who holds the lock.",
    },
    {
      name: 'lost-wake-up',
      toldApartBy:
        'there a wait of the library (an event, a condition, a queue) is waited in, and not an acquire.',
    },
    {
      name: 'interpreter-lock-hogged',
      toldApartBy: 'there it is the lock of the interpreter that is waited for.',
    },
    {
      name: 'mutex-owner-gone',
      toldApartBy: 'there the process is a copy made by fork, with one thread.',
    },
  ],
  claim: (scene) =>
    [...stacksByProcess(scene, 'python').values()].flatMap((all) => {
      const stacks = all.filter(({ waitsFor }) => waitsFor?.id !== INTERPRETER_LOCK.id);
      const waits = lockWaits(stacks);
      const cycles = lockCycles(waits);
      if (cycles.length > 0) return cycles.map(([first, ...rest]) => ofCycle(scene, first, rest));
      const held = waits.filter(({ holder }) => isStuckStack(scene, holder));
      return held.length > 0
        ? held.map((wait) => ofHolder(scene, wait))
        : stacks.flatMap((stack) => ofNobody(scene, stack, waits) ?? []);
    }),
};

function ofCycle(scene: Scene, first: LockWait, rest: readonly LockWait[]): Claim {
  const lines = [first, ...rest].map(
    ({ waiter: one, lock, holder }) =>
      `${nameStack(one)} waits at ${placeOfStack(one)} for the ${lock.kind} ${lock.id}, which ${
        holder === one ? 'it holds itself' : `${nameStack(holder)} holds`
      }`,
  );
  const what =
    rest.length === 0
      ? lines.join('')
      : `${lines.length} threads wait for each other's locks: ${lines.join('; ')}`;
  return {
    root: rootOfStack(scene, first.waiter),
    confidence: 0.97,
    summary: what,
    decidedBy: lines.map((line) => `${line}: its bound __exit__ lies among the frame's values`),
    ruledOut: ['a holder that is slow: whoever holds a lock of the circle waits in it'],
    couldBe: [],
  };
}

function ofHolder(scene: Scene, { waiter, lock, holder }: LockWait): Claim {
  const instead = waitOfStack(scene, holder)?.what ?? 'does something else';
  return {
    root: rootOfStack(scene, holder),
    confidence: 0.92,
    summary: `${nameStack(waiter)} waits at ${placeOfStack(waiter)} for the ${lock.kind} ${lock.id}, which ${nameStack(holder)} holds; that one ${instead} at ${placeOfStack(holder)}`,
    decidedBy: [
      `${nameStack(holder)} is within \`with\` of ${lock.id}, by its frame's values`,
      `${nameStack(holder)} ${instead}, and nothing can end that`,
    ],
    ruledOut: ['a circle of locks: the holder waits for no lock that anybody is known to hold'],
    couldBe: ['what the holder waits for is the cause, and the lock only what shows'],
  };
}

/** `acquire` of Python's own code, and not of what its library builds out of locks. */
function ofNobody(scene: Scene, stack: StackOf, waits: readonly LockWait[]): Claim | null {
  const [inner] = stack.frames;
  const { waitsFor } = stack;
  if (waitsFor === undefined || inner === undefined || isOfLibrary(inner, 'python')) return null;
  if (waits.some(({ waiter }) => waiter === stack) || !isStuckStack(scene, stack)) return null;
  return {
    root: rootOfStack(scene, stack),
    confidence: 0.88,
    summary: `${nameStack(stack)} waits at ${placeOfStack(stack)} for a lock (${waitsFor.id}) that no thread holds by \`with\`, and none is left that could release it`,
    decidedBy: [
      `${nameStack(stack)} is blocked in the semaphore of a lock at ${placeOfStack(stack)}`,
      'no thread of its process can go on, nor is within `with` of that lock',
    ],
    ruledOut: ['a lock that is held for long: no thread runs or waits for a time'],
    couldBe: ['a semaphore of a native library that the line calls'],
  };
}

function isStuckStack(scene: Scene, stack: StackOf): boolean {
  const wait = waitOfStack(scene, stack);
  return wait !== undefined && isStuck(scene, wait);
}
