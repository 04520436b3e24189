import { channelWaits, type ChannelWait, isOwnWakeup, waitsFor } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isResting } from './idle.ts';
import { rootOfWait } from './scene.ts';
import { wakeupPairs } from './wakeup-pair.ts';

/** Somebody waits to receive from a peer that is gone, in a way that the end never shows. */
export const orphanedReceive: HangClass = {
  name: 'orphaned-receive',
  title: 'a message is awaited from a peer that is gone without an end of file',
  causes: [
    'The peer was destroyed, and its end of the connection was neither closed nor given to anybody: the process itself keeps it open.',
    'The peer closed a datagram socket, of which the other side is not told.',
    'The connection was lost on the way, without a FIN or a RST.',
  ],
  fixes: [
    "Close a peer's end where the peer ends, whatever ends it; wait for its end beside the message.",
    'Give each receive a time limit, or let keep-alive or heartbeats say that the peer is gone.',
  ],
  decidedBy:
    'What it waits to receive from is one of a pair of datagram sockets whose peer has closed, a connection of which the kernel has no other end, or one whose other end its own process has and nobody reads: that rules out a peer that has closed its end, since the read would have returned 0, and a silent peer.',
  confusedWith: [
    {
      name: 'silent-peer',
      toldApartBy: 'there somebody has the other end, and could speak.',
    },
    {
      name: 'signal-wakeup-full',
      toldApartBy: 'there the event loop does not run: its wake-up is full and not polled.',
    },
    {
      name: 'read-self-held-writer',
      toldApartBy: 'there it is a pipe, or a socket pair without an address.',
    },
  ],
  claim: (scene) => channelWaits(scene).flatMap((channel) => claimOf(scene, channel)),
};

function claimOf(scene: Scene, channel: ChannelWait): Claim[] {
  const { wait, process, fd, access, name, alone } = channel;
  const gone = access === 'read' ? whyGone(scene, channel) : null;
  if (gone === null) return [];
  return [
    {
      root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
      confidence: gone.confidence,
      summary: `pid ${process.pid} waits to receive from ${name} (fd ${fd}), and ${gone.because}: nothing will ever come, not even an end`,
      decidedBy: [
        `pid ${process.pid} ${alone ? 'is blocked in a read of' : 'polls'} ${name}`,
        gone.because,
        ...liveLoop(scene, channel),
      ],
      ruledOut: [
        'a peer that has closed its end: the read would have returned 0',
        'a silent peer: there is nobody who could speak',
      ],
      couldBe: gone.couldBe,
    },
  ];
}

interface Gone {
  readonly because: string;
  readonly confidence: number;
  readonly couldBe: readonly string[];
}

function whyGone(scene: Scene, channel: ChannelWait): Gone | null {
  const { socket, others } = channel;
  if (socket === null || socket.state === 'listening') return null;
  if (socket.isDatagram === true && socket.isNamed !== true && socket.peer === null) {
    const because = 'its peer has closed this pair of datagram sockets, and nobody else knows it';
    return { because, confidence: 0.92, couldBe: [] };
  }
  if (socket.isOrphaned === true) {
    const because =
      "the kernel has no other end of it any more, though its address is this machine's";
    const couldBe = ['a peer in another network namespace that is reached through the loopback'];
    return { because, confidence: 0.9, couldBe };
  }
  // A loop's own wake-up pair looks just like this, but it has no address.
  if (!isOwnWakeup(channel) || socket.name === 'a socket pair') return null;
  if (others.some((other) => waitsFor(scene, other, 'read'))) return null;
  // Another of its threads that moves, or only sleeps, may well be about to write.
  if (!isResting(scene, channel.process.pid)) return null;
  const ends = others.map((other) => `fd ${other.fd}`).join(', ');
  return {
    because: `its other end is held by this process itself (${ends}), where nobody waits for it`,
    confidence: 0.85,
    couldBe: ['a peer within this process that is about to write, and waits for something else'],
  };
}

/** What tells it from a loop that is starved. */
function liveLoop(scene: Scene, { process, alone }: ChannelWait): string[] {
  if (alone) return [];
  return wakeupPairs(scene, process)
    .filter(({ isPolled, unread }) => isPolled && unread === 0)
    .map(
      ({ reading }) =>
        `its event loop lives: its wake-up (fd ${reading.fd}) is polled and drained, so that a signal's write returns 1`,
    );
}
