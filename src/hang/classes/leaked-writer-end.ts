import type { WaitKind } from '../graph/wait.ts';
import type { Holder } from '../observe/holders.ts';
import { channelWaits, type ChannelWait, namePid, waitsFor } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isAncestor } from './idle.ts';
import { isStuck, rootOfWait, waitsOfProcess } from './scene.ts';

/** A reader whose end of file never comes, since a process that never writes inherited a write end. */
export const leakedWriterEnd: HangClass = {
  name: 'leaked-writer-end',
  title:
    'a pipe is read to its end, and its last write end leaked into a process that does not use it',
  causes: [
    'A child that was started meanwhile inherited the descriptor: it is not close-on-exec, or the child only forked.',
    'Two children were started one after the other, and the second has the write end of the first.',
  ],
  fixes: [
    'Open it close-on-exec (O_CLOEXEC, pipe2, close_fds=True), which is the default of Python and Node.',
    'Close what is not its own in a child that only forks.',
  ],
  decidedBy:
    'All others who could write to the pipe or the socket pair that is read hold it besides their standard streams and are neither ancestors nor mere forks of the reader, and those of the tree neither run nor wait to read from it: that rules out the writer that it is meant for, which has no write end.',
  confusedWith: [
    {
      name: 'read-self-held-writer',
      toldApartBy: "there the only write end is the reader's own.",
    },
    {
      name: 'grandchild-holds-stdout',
      toldApartBy: "there the write end is somebody's stdout or stderr.",
    },
    {
      name: 'child-waits-stdin',
      toldApartBy: 'there the write end is in an ancestor of the reader.',
    },
    {
      name: 'mutual-read',
      toldApartBy: 'there who has the other end waits to read from it as well.',
    },
  ],
  claim: (scene) => channelWaits(scene).flatMap((channel) => claimOf(scene, channel)),
};

function claimOf(scene: Scene, channel: ChannelWait): Claim[] {
  const { wait, process, fd, access, name, others, socket } = channel;
  const isAnonymous = socket === null || socket.name === 'a socket pair';
  if (access !== 'read' || !isAnonymous) return [];
  const foreign = others.filter(({ pid }) => pid !== process.pid);
  // Its own copy is another fault, unless this process can't use it either.
  if (foreign.length < others.length && !isStuck(scene, wait) && process.threads.length > 1) {
    return [];
  }
  if (foreign.length === 0 || !foreign.every((one) => isUnused(scene, one, process.pid))) return [];
  const list = foreign
    .map((one) => `${namePid(scene, one.pid, foreign)} as fd ${one.fd}`)
    .join(', ');
  const byForkOfSibling = foreign.every(({ pid }) => !isAncestor(scene, process.pid, pid));
  return [
    {
      root: rootOfHolder(scene, channel, foreign[0]),
      confidence: byForkOfSibling ? 0.8 : 0.7,
      summary: `pid ${process.pid} reads ${name} (fd ${fd}), whose last write end leaked into ${list}: the end never comes`,
      decidedBy: [
        `pid ${process.pid} waits for ${name}`,
        `its only writers have it besides their standard streams and do nothing: ${list}`,
      ],
      ruledOut: ['the writer that it is meant for: nobody else has a write end'],
      couldBe: [
        'a worker that answers through this descriptor on purpose, and hangs itself: its source decides',
      ],
    },
  ];
}

/**
 * It holds it beyond its standard streams, by inheritance alone as far as can be told, and rests.
 * Who reads from it in turn knows it: such as a worker of Node its channel, which is descriptor 3.
 */
function isUnused(scene: Scene, holder: Holder, reader: number): boolean {
  const { pid, fd, session } = holder;
  const { processes, above = [], root } = scene.seen;
  if (fd <= 2 || above.includes(pid) || isAncestor(scene, pid, reader)) return false;
  if (waitsFor(scene, holder, 'read')) return false;
  const process = processes.get(pid);
  if (process === undefined) return session === processes.get(root)?.now.session;
  // One that is stopped can't show what it would do.
  if (waitsOfProcess(scene, pid).some(({ kind }) => BUSY_OR_HELD.has(kind))) return false;
  const parent = processes.get(process.now.parent);
  const hasExecuted = parent === undefined || parent.now.commandLine !== process.now.commandLine;
  // One that the reader only forked may well be its worker.
  return hasExecuted || !isAncestor(scene, reader, pid);
}

const BUSY_OR_HELD: ReadonlySet<WaitKind> = new Set(['running', 'stopped', 'traced']);

function rootOfHolder(
  scene: Scene,
  channel: ChannelWait,
  holder: Holder | undefined,
): Claim['root'] {
  if (holder === undefined) return rootOfWait(scene, channel.wait, channel.name);
  const { pid, fd, command } = holder;
  return { pid, command, thread: null, fd, place: channel.name };
}
