import { channelWaits, type ChannelWait, namePid, pidsOf, waitsFor } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { hasTimers, isResting, mainWait } from './idle.ts';
import { rootOfWait } from './scene.ts';

/** Somebody waits for a peer that is there and says nothing. */
export const silentPeer: HangClass = {
  name: 'silent-peer',
  title: 'an answer is awaited from a peer that is there and says nothing',
  causes: [
    'The server has taken the request and hangs itself, or it never accepted the connection.',
    'The answer was shorter than announced, or the request never left.',
  ],
  fixes: [
    'Look at the peer: whether it hangs, and where.',
    'Give the request a time limit that names the peer.',
  ],
  decidedBy:
    'A process that rests is blocked in a read of a connection that stands, or polls one where nothing shows that the peer spoke last, and the peer rests, too, is outside of the tree, or has not accepted it yet: that rules out a peer that is gone.',
  confusedWith: [
    {
      name: 'orphaned-receive',
      toldApartBy: 'there nobody has the other end who could speak.',
    },
    {
      name: 'connect-without-answer',
      toldApartBy: 'there the connection does not stand yet.',
    },
    {
      name: 'mutual-read',
      toldApartBy:
        'there the peer waits to read in turn; where it was the one that was spoken to last, both may be claimed.',
    },
    {
      name: 'waiting-for-outside',
      toldApartBy: 'there the process has accepted the connection, and is the one that is asked.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy:
        'a peer of the tree that moves is not claimed here; of one outside of it nothing from outside tells whether it is only slow.',
    },
  ],
  claim: (scene) => channelWaits(scene).flatMap((channel) => claimOf(scene, channel)),
};

function claimOf(scene: Scene, channel: ChannelWait): Claim[] {
  const { wait, process, fd, access, name, alone, socket } = channel;
  if (access !== 'read' || socket === null || socket.state === 'listening') return [];
  // A pair without an address is a matter of parent and child, for other classes.
  if (
    socket.isNamed !== true &&
    socket.pendingAt === undefined &&
    !isConnectedByName(scene, socket)
  )
    return [];
  // A connection at rest between two questions is polled, too: only after a question it is awaited.
  if (!alone && socket.spokeLast === false) return [];
  if (socket.isOrphaned === true || fd === 0 || !isResting(scene, process.pid)) return [];
  const peer = peerOf(scene, channel);
  if (peer === null) return [];
  const since =
    socket.quietMs === undefined ? '' : `, for ${(socket.quietMs / 1000).toFixed(1)} s now`;
  return [
    {
      root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
      confidence: alone ? 0.7 : hasTimers(scene, process.pid) ? 0.55 : 0.6,
      summary: `pid ${process.pid} waits for an answer on ${name} (fd ${fd}) from ${peer.who}${since}`,
      decidedBy: [
        `pid ${process.pid} ${alone ? 'is blocked in a read of' : 'polls'} ${name}, where nothing is unread`,
        peer.because,
      ],
      ruledOut: ['a peer that is gone: the connection stands'],
      couldBe: ['a peer that is only slow: from outside the two can’t be told apart'],
    },
  ];
}

/** Of a UNIX socket the client has no name, and its peer has. */
function isConnectedByName({ seen }: Scene, { peer }: { readonly peer: number | null }): boolean {
  return peer !== null && seen.sockets.byInode.get(peer)?.isNamed === true;
}

function peerOf(
  scene: Scene,
  { socket, others, process }: ChannelWait,
): { readonly who: string; readonly because: string } | null {
  const { seen } = scene;
  if (socket?.pendingAt !== undefined) {
    const listeners = seen.holders.byTarget.get(`socket:[${socket.pendingAt}]`) ?? [];
    const who = pidsOf(listeners)
      .map((pid) => namePid(scene, pid, listeners))
      .join(', ');
    return {
      who: who === '' ? 'a server that does not accept it' : `${who}, which has not accepted it`,
      because: 'the connection is still in the queue of the listening socket',
    };
  }
  const pids = pidsOf(others).filter((pid) => pid !== process.pid);
  if (pids.length === 0) {
    return socket?.peerKnown === false
      ? { who: 'a peer elsewhere', because: 'the other end is not on this machine' }
      : null;
  }
  // One that waits for us in turn owes nothing, unless we were the last to speak.
  const listens = others.some((other) => waitsFor(scene, other, 'read'));
  const rests = pids.every((pid) => !seen.processes.has(pid) || isResting(scene, pid));
  if (!rests || (listens && socket?.spokeLast !== true)) return null;
  const who = pids.map((pid) => namePid(scene, pid, others)).join(', ');
  const doing = pids.map((pid) => mainWait(scene, pid)?.what).find((what) => what !== undefined);
  return {
    who: doing === undefined ? who : `${who}, which ${doing}`,
    because: `its other end is held by ${who}`,
  };
}
