import { channelWaits, pidsOf } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { isStuck, rootOfWait } from './scene.ts';

/** A reader that waits for the end of a channel whose only write end is its own. */
export const readSelfHeldWriter: HangClass = {
  name: 'read-self-held-writer',
  title: 'a process reads a pipe to its end, and itself holds the only write end',
  causes: [
    'After the fork the parent did not close its copy of the write end, so the end of file never comes.',
    'A process reads from a pair of which it kept both ends.',
  ],
  fixes: [
    'Close the write end in the reader, right after the fork or the start of the child.',
    'Let a library do it: subprocess.Popen and child_process.spawn close their copies.',
  ],
  decidedBy:
    'A thread is blocked in a read of a pipe or a socket pair of which its own process alone has a write end, and no other thread of it may go on: that rules out a writer that has not come to it.',
  confusedWith: [
    {
      name: 'leaked-writer-end',
      toldApartBy: 'there another process has a write end, and does not use it.',
    },
    {
      name: 'fifo-without-partner',
      toldApartBy: 'there it is a FIFO, of which anybody may still open the other end.',
    },
    {
      name: 'orphaned-receive',
      toldApartBy: 'there it is a connection with an address, or a pair of datagram sockets.',
    },
  ],
  claim: (scene) =>
    channelWaits(scene).flatMap((channel) => {
      const { wait, process, fd, access, name, others, alone, socket, descriptor } = channel;
      const isOwn = others.length > 0 && pidsOf(others).every((pid) => pid === process.pid);
      const isAnonymous = socket === null || socket.name === 'a socket pair';
      // Of a FIFO anybody may still open the other end.
      if (descriptor.kind === 'fifo') return [];
      if (access !== 'read' || !alone || !isOwn || !isAnonymous) return [];
      if (!isStuck(scene, wait) && process.threads.length > 1) return [];
      const ends = others.map((other) => `fd ${other.fd}`).join(', ');
      return [
        {
          root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
          confidence: 0.95,
          summary: `pid ${process.pid} reads ${name} (fd ${fd}), and it is itself the only one who holds a write end (${ends}): the end never comes`,
          decidedBy: [
            `pid ${process.pid} is blocked in a read of ${name}`,
            `nobody else on the machine has a write end; its own is ${ends}`,
          ],
          ruledOut: [
            'a writer that has not come to it: no other process has an end to write to, and no other thread of this one may go on',
          ],
          couldBe: [],
        },
      ];
    }),
};
