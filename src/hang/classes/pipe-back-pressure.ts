import { channelWaits, type ChannelWait, namePid, pidsOf, waitsFor } from './channel.ts';
import type { Wait } from '../graph/wait.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { hasTimers, isIdle, mainWait } from './idle.ts';
import { isStuck, rootOfWait, waitsOfProcess } from './scene.ts';

/** A writer blocked in a full pipe or socket whose readers, all of the tree, do something else. */
export const pipeBackPressure: HangClass = {
  name: 'pipe-back-pressure',
  title: 'a pipe or a socket is full, and who should read it waits for something else',
  causes: [
    'A parent waits for the end of its child and reads the output only afterwards; the child has more to say than the pipe holds (64 KiB on Linux).',
    'One of two pipes is read to its end while the other one fills up.',
  ],
  fixes: [
    "Read the output while the child runs (communicate(), execFile, streams with 'data' handlers).",
    'Let the child write into a file, and read that afterwards.',
  ],
  decidedBy:
    'A thread is blocked in a write, or waits until it may write, to a pipe or a socket that is full; all who could read are of the tree, do not wait to read it, and are idle, or the writer is stuck: that rules out a reader that is slow.',
  confusedWith: [
    {
      name: 'output-back-pressure',
      toldApartBy: 'there somebody outside of the tree could read.',
    },
    {
      name: 'mutual-read',
      toldApartBy: 'there both wait to read, and nothing is full.',
    },
    {
      name: 'parent-waits-child',
      toldApartBy: 'there the chain alone is named; here it is known what the child is blocked in.',
    },
    {
      name: 'teardown-order',
      toldApartBy:
        'there the circle of a child that writes and a parent that waits for its end is claimed, too; here the full channel is named.',
    },
  ],
  claim: (scene) =>
    channelWaits(scene)
      .filter(isFull)
      .flatMap((channel) => claimOf(scene, channel)),
};

/** A write that is blocked says so by itself; of one that is polled the queue must say it. */
export function isFull({ access, alone, wait, fd, socket }: ChannelWait): boolean {
  if (access !== 'write') return false;
  if (alone || socket?.isFull === true) return true;
  const isEdge = wait.interests?.some((one) => one.fd === fd && one.edge === true) === true;
  return !isEdge && socket?.state !== 'connecting';
}

function claimOf(scene: Scene, channel: ChannelWait): Claim[] {
  const { wait, process, fd, name, others, alone } = channel;
  const readers = pidsOf(others);
  const inTree = readers.every((pid) => scene.seen.processes.has(pid));
  if (readers.length === 0 || !inTree) return [];
  if (others.some((other) => waitsFor(scene, other, 'read'))) return [];
  const stuck = isStuck(scene, wait);
  const idle = readers.every((pid) => (pid === process.pid && alone) || isIdle(scene, pid));
  if (!stuck && !idle) return [];
  const [reader = process.pid] = readers;
  const isOwn = reader === process.pid;
  const instead = (isOwn ? otherWait(scene, wait) : mainWait(scene, reader))?.what;
  const doing = instead ?? 'does not read';
  const who = isOwn ? 'the process itself' : namePid(scene, reader);
  return [
    {
      root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
      confidence: stuck ? 0.95 : (alone ? 0.85 : 0.75) - (hasTimers(scene, reader) ? 0.15 : 0),
      summary: `pid ${process.pid} can't write into the full ${name}, whose reader, ${who}, ${doing}`,
      decidedBy: [
        `pid ${process.pid} ${alone ? 'is blocked in a write to' : 'waits until it may write to'} ${name}`,
        `its only readers wait for something else: ${isOwn ? 'another thread' : `pid ${reader}`} ${doing}`,
      ],
      ruledOut: [
        'a slow reader: no thread of any reader ran between two looks or waits for a time',
      ],
      couldBe: stuck ? [] : ['a reader that somebody else wakes: it waits for more than this tree'],
    },
  ];
}

/** Of a process that is to read what it writes: what its other threads wait for, the main one first. */
function otherWait(scene: Scene, { thread }: Wait): Wait | undefined {
  const others = waitsOfProcess(scene, thread.pid).filter((one) => one.thread.tid !== thread.tid);
  return others.find((one) => one.thread.tid === thread.pid) ?? others[0];
}
