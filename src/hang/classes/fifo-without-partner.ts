import { channelWaits, isOwnWakeup } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { rootOfWait } from './scene.ts';

/** A FIFO that only one side has opened. */
export const fifoWithoutPartner: HangClass = {
  name: 'fifo-without-partner',
  title: 'a FIFO is open at one end only',
  causes: [
    'Who should open the other end was not started, died before, or opens another path.',
    'Two processes open two FIFOs in opposite order.',
    'A tool walks a directory and opens a FIFO as if it were a file.',
  ],
  fixes: [
    'Look whether the partner runs, and which path it opens.',
    'Open with O_NONBLOCK and a limit, or use a socket, which says that nobody is there.',
  ],
  decidedBy:
    'A thread is blocked in the open of a FIFO itself, which comes back only when both ends are open, or waits for one of which its own process has both ends and nobody else on the machine any: that rules out a partner that is slow.',
  confusedWith: [
    {
      name: 'read-self-held-writer',
      toldApartBy: 'there it is a pipe or a socket pair, which nobody can open by a name.',
    },
    {
      name: 'vfork-parent',
      toldApartBy:
        "there a parent can't go on before the child that opens the FIFO executes a program; where both are claimed, the FIFO is the cause.",
    },
  ],
  claim(scene) {
    const opening = scene.waits
      .filter(({ kind }) => kind === 'fifo-open')
      .map((wait) => ({
        root: rootOfWait(scene, wait, wait.place ?? null),
        confidence: 0.95,
        summary: `pid ${wait.thread.pid} ${wait.what}`,
        decidedBy: [
          `pid ${wait.thread.pid} is blocked in the open of the FIFO ${wait.place ?? ''} itself`,
        ],
        ruledOut: ['a writer that is slow: until both ends are open, no open comes back (fifo(7))'],
        couldBe: [],
      }));
    const alone = channelWaits(scene)
      .filter((channel) => channel.descriptor.kind === 'fifo' && isOwnWakeup(channel))
      .map((channel) => ({
        root: rootOfWait(scene, channel.wait, channel.name),
        confidence: channel.alone ? 0.85 : 0.6,
        summary: `pid ${channel.process.pid} ${channel.access}s the FIFO ${channel.name} (fd ${channel.fd}), which nobody else has open`,
        decidedBy: [
          `pid ${channel.process.pid} ${channel.wait.what}`,
          `nobody else on the machine has ${channel.name} open; it has both ends itself`,
        ],
        ruledOut: ['a partner that is slow: there is none'],
        couldBe: ['a server that waits for its next client'],
      }));
    return [...opening, ...alone];
  },
};
