import type { Wait } from '../graph/wait.ts';
import { socketOf } from './channel.ts';
import type { HangClass, Scene } from './hang-class.ts';
import { hasTimers, isResting } from './idle.ts';
import { living, rootOfWait } from './scene.ts';

/** A server that waits for a client, and nothing else goes on. */
export const acceptWithoutClient: HangClass = {
  name: 'accept-without-client',
  title: 'a server waits for a connection that nobody makes',
  causes: [
    'The client failed to start, has ended before, or connects to another address.',
    'The test is over, and its server was not closed.',
  ],
  fixes: [
    "Close the server where the test ends (server.close(), 'with', after()).",
    'Look at which address the client connects to; give accept a time limit.',
  ],
  decidedBy:
    'A thread is blocked in accept, or polls a listening socket and no connection besides, while its process rests; that no connection is in the queue rules out a client that is slow to speak.',
  confusedWith: [
    {
      name: 'waiting-for-outside',
      toldApartBy: 'there a connection stands, and what its client asks next is awaited.',
    },
    {
      name: 'silent-peer',
      toldApartBy: 'there an answer is awaited on a connection that stands already.',
    },
    {
      name: 'exit-blocked',
      toldApartBy:
        "a server at rest looks the same from outside; there its framework says that all tests are over, or Node's inspector that only handles keep it.",
    },
  ],
  claim: (scene) =>
    scene.waits.flatMap((wait) => {
      const listening = listeningOf(scene, wait);
      if (listening === null || !isResting(scene, wait.thread.pid)) return [];
      const { names, fd } = listening;
      const isOnly = living(scene).length === 1;
      const isBlocked = wait.kind === 'accept';
      return [
        {
          root: rootOfWait(scene, { ...wait, fds: [fd] }, names.join(', ')),
          confidence: confidenceOf(isBlocked, isOnly, hasTimers(scene, wait.thread.pid)),
          summary: `pid ${wait.thread.pid} waits for a connection at ${names.join(', ')} (fd ${fd}), and nobody connects`,
          decidedBy: [
            isBlocked
              ? `pid ${wait.thread.pid} is blocked in accept`
              : `pid ${wait.thread.pid} polls its listening socket, and no connection`,
            'no connection is in its queue',
          ],
          ruledOut: ['a client that is slow to speak: there is no client'],
          couldBe: ['a server at rest, while the cause is elsewhere'],
        },
      ];
    }),
};

function confidenceOf(isBlocked: boolean, isOnly: boolean, timers: boolean): number {
  return (isBlocked ? 0.75 : timers ? 0.55 : 0.62) - (isOnly ? 0 : 0.1);
}

/** The listening sockets of a wait that waits for connections and for no conversation. */
function listeningOf(
  scene: Scene,
  wait: Wait,
): { readonly names: readonly string[]; readonly fd: number } | null {
  const process = scene.seen.processes.get(wait.thread.pid);
  if (process === undefined) return null;
  const descriptors = wait.fds.flatMap(
    (fd) => process.descriptors.list.find((one) => one.fd === fd) ?? [],
  );
  const sockets = descriptors.flatMap((one) => {
    const socket = socketOf(scene, one);
    return socket === null ? [] : [{ fd: one.fd, socket }];
  });
  const listening = sockets.filter(({ socket }) => socket.state === 'listening');
  const talking = sockets.filter(
    ({ socket }) => socket.state !== 'listening' && socket.name !== 'a socket pair',
  );
  const [first] = listening;
  if (first === undefined || talking.length > 0) return null;
  return { names: listening.map(({ socket }) => socket.name), fd: first.fd };
}
