import { channelWaits, type ChannelWait, namePid, pidsOf } from './channel.ts';
import type { HangClass, Scene } from './hang-class.ts';
import { isIdle } from './idle.ts';
import { isStuck, rootOfWait } from './scene.ts';

/** Two processes of the tree each read what only the other one could write. */
export const mutualRead: HangClass = {
  name: 'mutual-read',
  title: 'two processes read from each other, and neither writes',
  causes: [
    'Each expects the other to speak first.',
    'A question stayed in a buffer that nobody flushed; its sender waits for the answer.',
    'One took an answer for complete and the other one for still to come.',
  ],
  fixes: [
    'Flush after each message; write down who speaks first, and where a message ends.',
    'Give each wait for an answer a time limit that says what it waited for.',
  ],
  decidedBy:
    'Each of two processes waits to read what only the other one could write, and both are stuck or idle: that rules out a partner that is slow.',
  confusedWith: [
    {
      name: 'child-waits-stdin',
      toldApartBy: 'there the parent waits for something else than what the child would write.',
    },
    {
      name: 'silent-peer',
      toldApartBy:
        'there the peer does not wait to read in turn, or was the one that was spoken to last: then both may be claimed.',
    },
    {
      name: 'pool-lost-task',
      toldApartBy:
        'from the kernel a pool of Python and its workers look the same; there the stacks show that each of them waits for a task.',
    },
  ],
  claim(scene) {
    const reads = channelWaits(scene).filter(({ access }) => access === 'read');
    const awaiting = Map.groupBy(reads, onlyWriter);
    return reads.flatMap((own) => {
      const { pid } = own.process;
      // Of the two, the one with the higher pid is told of.
      const partner = awaiting.get(pid)?.find((other) => other.process.pid === onlyWriter(own));
      if (partner === undefined || pid < partner.process.pid) return [];
      const bothAlone = own.alone && partner.alone;
      const isProven = isStuck(scene, own.wait) && isStuck(scene, partner.wait);
      const isQuiet = isIdle(scene, own.process.pid) && isIdle(scene, partner.process.pid);
      if (!isProven && (!isQuiet || mayHearFromElsewhere(scene, own, partner))) return [];
      return [
        {
          root: rootOfWait(scene, { ...own.wait, fds: [own.fd] }, own.name),
          confidence: bothAlone && isProven ? 0.9 : bothAlone ? 0.8 : own.alone ? 0.7 : 0.5,
          summary: `pid ${own.process.pid} reads from ${namePid(scene, partner.process.pid)}, which reads from pid ${own.process.pid}: each waits for the other to speak`,
          decidedBy: [
            `pid ${own.process.pid} ${own.wait.what}; only pid ${partner.process.pid} could write there`,
            `pid ${partner.process.pid} ${partner.wait.what}; only pid ${own.process.pid} could write there`,
          ],
          ruledOut: ['a slow partner: no thread of either ran between two looks'],
          couldBe: bothAlone
            ? []
            : ['a connection at rest, while one of them waits for something else'],
        },
      ];
    });
  },
};

/** One of them waits for others as well, and one of those will get on by itself. */
function mayHearFromElsewhere(scene: Scene, ...pair: readonly ChannelWait[]): boolean {
  const pids = new Set<number | null>(pair.map(({ process }) => process.pid));
  return pair.some(({ wait }) =>
    wait.sources.some(
      (source) => source.kind === 'process' && !pids.has(source.pid) && !isIdle(scene, source.pid),
    ),
  );
}

/** The one process beside itself that could write what it reads; null where there are several. */
function onlyWriter({ others, process }: ChannelWait): number | null {
  const [first, ...more] = pidsOf(others).filter((pid) => pid !== process.pid);
  return more.length === 0 ? (first ?? null) : null;
}
