import { hasEnded } from '../../process/proc-stat.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import { namePid } from './channel.ts';
import type { HangClass, Scene } from './hang-class.ts';
import { isIdle, mainWait } from './idle.ts';
import { restsThroughout } from './rests-throughout.ts';
import { isStuck, rootOfWait, waitsOfProcess } from './scene.ts';

/**
 * A child waits, and those above it wait for its end. Only what the child waits for is the cause: a
 * class that names that is to be believed more.
 */
export const parentWaitsChild: HangClass = {
  name: 'parent-waits-child',
  title: 'a process waits for the end of a child that waits itself',
  causes: [
    'The child hangs; its parents only wait for it.',
    'The parent was to tell the child to end before waiting for it.',
  ],
  fixes: [
    'Look at what the last of the chain waits for.',
    'Wait for children with a time limit, and name the child that is late.',
  ],
  decidedBy:
    'A process is blocked until a living child ends, which may wait for another one in turn, and the last of the chain, neither stopped nor traced, is idle, as is all that it waits for: that rules out the parents as the cause.',
  confusedWith: [
    {
      name: 'child-waits-stdin',
      toldApartBy: 'there it is known what the last of the chain waits for: its stdin.',
    },
    {
      name: 'zombie-unreaped',
      toldApartBy: 'there the child has ended, and the parent waits for something else.',
    },
    {
      name: 'teardown-order',
      toldApartBy: 'there the chain leads back to its start.',
    },
    {
      name: 'sleeping-long',
      toldApartBy: 'there the last of the chain waits for a time.',
    },
  ],
  claim: (scene) =>
    [...scene.seen.processes.values()].flatMap((top) => {
      const chain = chainFrom(scene, top);
      const last = chain.at(-1);
      const isInner = childrenWaitedFor(scene, top.now.parent).some(({ pid }) => pid === top.pid);
      if (last === undefined || chain.length < 2 || isInner || !isIdle(scene, last.pid)) return [];
      const wait = mainWait(scene, last.pid);
      if (wait === undefined || !restsThroughout(scene, wait)) return [];
      if (wait.kind === 'stopped' || wait.kind === 'traced') return [];
      const names = chain.map(({ pid }) => namePid(scene, pid));
      return [
        {
          root: rootOfWait(scene, wait, wait.place ?? null),
          confidence: isStuck(scene, wait) ? 0.55 : 0.5,
          summary: `${names.slice(0, -1).join(', which waits for ')} waits for the end of ${names.at(-1)}, which ${wait.what}`,
          decidedBy: [
            ...chain
              .slice(0, -1)
              .map(({ pid }) => `pid ${pid} ${mainWait(scene, pid)?.what ?? ''}`),
            `pid ${last.pid} ${wait.what}`,
          ],
          ruledOut: ['the parents as the cause: each waits for the next one, and for nothing else'],
          couldBe: ['what the last of the chain waits for is not named by a class of its own'],
        },
      ];
    }),
};

/** From a process down to the one that waits for no child any more. */
function chainFrom(scene: Scene, top: ObservedProcess): ObservedProcess[] {
  const chain = [top];
  for (let at = top; chain.length <= scene.seen.processes.size;) {
    const children = childrenWaitedFor(scene, at.pid);
    const next = children.find(({ pid }) => isIdle(scene, pid)) ?? children[0];
    if (next === undefined) break;
    chain.push(next);
    at = next;
  }
  return chain;
}

/** The living children for whose end some thread of a process is blocked. */
function childrenWaitedFor(scene: Scene, pid: number): ObservedProcess[] {
  return waitsOfProcess(scene, pid)
    .filter(({ kind }) => kind === 'child')
    .flatMap(({ sources }) => sources)
    .flatMap((source) =>
      source.kind === 'end' ? (scene.seen.processes.get(source.pid) ?? []) : [],
    )
    .filter(({ now }) => !hasEnded(now));
}
