import { channelWaits } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { rootOfWait } from './scene.ts';

/** A connection that is asked for and neither granted nor refused. */
export const connectWithoutAnswer: HangClass = {
  name: 'connect-without-answer',
  title: 'a connection was asked for, and nobody answers',
  causes: [
    "The server's queue of connections is full: it listens, and does not accept.",
    'A firewall drops what goes to that address, or nobody has it.',
  ],
  fixes: [
    'Look whether the server still accepts; its own hang may be the cause.',
    'Set a limit on the time for connecting: the kernel gives up only after some two minutes.',
  ],
  decidedBy:
    'A thread is blocked in connect(2), or polls a socket that the kernel has as still connecting: that rules out a server that is slow to answer a question, since there is no connection yet.',
  confusedWith: [
    {
      name: 'silent-peer',
      toldApartBy:
        'there the connection stands, though the server may not have accepted it, and an answer is awaited on it.',
    },
    {
      name: 'accept-without-client',
      toldApartBy: 'there it is the server that waits for a client.',
    },
  ],
  claim(scene) {
    const blocked = scene.waits.flatMap((wait) =>
      wait.kind === 'connect' ? [{ wait, pid: wait.thread.pid, name: null }] : [],
    );
    const polled = channelWaits(scene).flatMap(({ wait, process, socket }) =>
      (wait.kind === 'poll' || wait.kind === 'time') && socket?.state === 'connecting'
        ? [{ wait, pid: process.pid, name: socket.name }]
        : [],
    );
    return [...blocked, ...polled].map(({ wait, pid, name }) => {
      const timed = wait.kind === 'time';
      const what = name === null ? wait.what : `waits until ${name} is connected`;
      return {
        root: rootOfWait(scene, wait, name ?? wait.what),
        confidence: name === null ? 0.9 : timed ? 0.75 : 0.85,
        summary: `pid ${pid} ${what}: it has been neither accepted nor refused`,
        decidedBy: [
          name === null
            ? `pid ${pid} is blocked in connect(2)`
            : `the kernel has the socket as still connecting (${name})`,
        ],
        ruledOut: ['a server that is slow to answer what it was asked: there is no connection yet'],
        couldBe: [
          'a network that is slow: the kernel asks again for some two minutes',
          ...(timed ? ['a timer of its own that gives the connection up'] : []),
        ],
      };
    });
  },
};
