import { channelWaits, namePid, pidsOf } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { hasTimers, isAncestor, isIdle, mainWait } from './idle.ts';
import { isStuck, rootOfWait, waitsOfProcess } from './scene.ts';

/** A child reads its stdin, which only an ancestor could feed, and that one waits. */
export const childWaitsStdin: HangClass = {
  name: 'child-waits-stdin',
  title: 'a child reads its stdin, and its parent neither writes to it nor closes it',
  causes: [
    'The child was started with a pipe for stdin that nobody ends: it reads until the end of file.',
    'The parent waits for the child before it closes the pipe.',
  ],
  fixes: [
    "Start it with stdin from /dev/null ('ignore', DEVNULL), or close the pipe when all is written.",
    'Give the input with the call that starts it (input=, communicate()).',
  ],
  decidedBy:
    'A thread waits to read fd 0, and all who could write to it, its own process left out, are ancestors within the tree that are idle: that rules out a writer that is busy.',
  confusedWith: [
    {
      name: 'waits-on-stdin',
      toldApartBy: 'there a terminal is read, or somebody outside of the tree could write.',
    },
    {
      name: 'mutual-read',
      toldApartBy:
        'there the parent waits in turn for what only the child could write; which of the two was to speak first, nothing tells from outside.',
    },
    {
      name: 'leaked-writer-end',
      toldApartBy: 'there the write end is in a process that is no ancestor of the reader.',
    },
    {
      name: 'parent-waits-child',
      toldApartBy:
        'there the chain alone is named; here it is known what the last of the chain waits for.',
    },
  ],
  claim: (scene) =>
    channelWaits(scene).flatMap(({ wait, process, fd, access, name, others, alone }) => {
      if (fd !== 0 || access !== 'read') return [];
      const writers = pidsOf(others).filter((pid) => pid !== process.pid);
      if (writers.length === 0) return [];
      if (!writers.every((pid) => isAncestor(scene, pid, process.pid) && isIdle(scene, pid))) {
        return [];
      }
      const [writer = 0] = writers;
      const waitsForIt = waitsOfProcess(scene, writer).some(
        ({ kind, sources }) =>
          kind === 'child' &&
          sources.some((source) => source.kind === 'end' && isWithin(source.pid, process.pid)),
      );
      // Where it reads in turn what the child would say, each waits for the other.
      const isMutual = channelWaits(scene).some(
        (other) =>
          other.process.pid === writer &&
          other.access === 'read' &&
          other.alone &&
          pidsOf(other.others).includes(process.pid),
      );
      const isProven = isStuck(scene, wait) && !isMutual;
      const instead = mainWait(scene, writer)?.what ?? 'does not write';
      return [
        {
          root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
          confidence:
            waitsForIt || (isProven && alone)
              ? 0.95
              : isProven
                ? 0.85
                : hasTimers(scene, writer)
                  ? 0.6
                  : 0.7,
          summary: `pid ${process.pid} reads its stdin, which only ${namePid(scene, writer)} could feed or close, and that ${instead}`,
          decidedBy: [
            `pid ${process.pid} ${alone ? 'is blocked in a read of' : 'waits for'} ${name} (fd 0)`,
            `the write end is held by its ancestors alone, of which pid ${writer} ${instead}`,
          ],
          ruledOut: ['a writer that is busy: no thread of it ran between two looks'],
          couldBe: waitsForIt
            ? []
            : ['a child that rests until it is asked, while its parent waits for something else'],
        },
      ];

      function isWithin(child: number, reader: number): boolean {
        return child === reader || isAncestor(scene, child, reader);
      }
    }),
};
