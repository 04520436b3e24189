import { channelWaits, type ChannelWait, namePid, pidsOf, socketOf } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isResting } from './idle.ts';
import { rootOfWait } from './scene.ts';

/** A server that has clients elsewhere, and waits for what they ask next. */
export const waitingForOutside: HangClass = {
  name: 'waiting-for-outside',
  title: 'a server waits for the next question of clients that are not of its tree',
  causes: [
    'The clients are done, and have not closed their connections.',
    'It is a server, and meant to stay: the hang, if there is one, is with who uses it.',
  ],
  fixes: [
    'Look at the clients: whether they hang, and where.',
    'Close the server, and the connections that it has kept, where the test ends.',
  ],
  decidedBy:
    'A process that rests waits to read from a connection whose own end is an address at which it listens, of which everything that came was read and whose other end is outside of the tree: that rules out a question that is still unread.',
  confusedWith: [
    {
      name: 'silent-peer',
      toldApartBy:
        'there the same process may be claimed, too; who accepted the connection is the one that is asked.',
    },
    {
      name: 'accept-without-client',
      toldApartBy: 'there no connection stands.',
    },
    {
      name: 'exit-blocked',
      toldApartBy:
        "a server at rest looks the same from outside; there its framework says that all tests are over, or Node's inspector that only handles keep it.",
    },
  ],
  claim: (scene) => {
    const seen = new Set<number>();
    return channelWaits(scene).flatMap((channel) => {
      if (seen.has(channel.process.pid)) return [];
      const claims = claimOf(scene, channel);
      if (claims.length > 0) seen.add(channel.process.pid);
      return claims;
    });
  },
};

function claimOf(scene: Scene, channel: ChannelWait): Claim[] {
  const { wait, process, fd, access, name, socket, others, descriptor } = channel;
  if (access !== 'read' || socket?.state !== 'established' || socket.unread > 0) return [];
  if (!isAccepted(scene, channel) || !isResting(scene, process.pid)) return [];
  const pids = pidsOf(others);
  if (pids.some((pid) => scene.seen.processes.has(pid)) || socket.isOrphaned === true) return [];
  const who =
    pids.length === 0
      ? 'a client on another machine'
      : pids.map((pid) => namePid(scene, pid, others)).join(', ');
  return [
    {
      root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
      // Above what holds a server for one that awaits an answer: it is the one that is asked.
      confidence: 0.72,
      summary: `pid ${process.pid} is a server, and waits for what ${who} asks next (${descriptor.target}, fd ${fd})`,
      decidedBy: [
        `pid ${process.pid} waits for ${name}, whose own end is the address at which it accepts connections`,
        `the other end is outside of this tree: ${who}`,
      ],
      ruledOut: ['a question that was not answered: everything that came was read'],
      couldBe: ['a client that waits for an answer that this server has forgotten to give'],
      undecided: 'a look at the clients, which are outside of this tree',
    },
  ];
}

/** Whether a connection was accepted here: its own address is one at which the process listens. */
function isAccepted(scene: Scene, { process, socket }: ChannelWait): boolean {
  const own = socket?.name.replace(/ to .*$/, '');
  const port = own === undefined ? undefined : /:(\d+)$/.exec(own)?.[1];
  return process.descriptors.list.some((descriptor) => {
    const listening = socketOf(scene, descriptor);
    if (listening?.state !== 'listening') return false;
    return listening.name === own || (port !== undefined && listening.name.endsWith(`:${port}`));
  });
}
