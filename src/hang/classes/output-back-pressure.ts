import type { Wait } from '../graph/wait.ts';
import { channelWaits, namePid, pidsOf } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isFull } from './pipe-back-pressure.ts';
import { rootOfWait } from './scene.ts';

/** A writer blocked in its output, which somebody outside of the tree does not read. */
export const outputBackPressure: HangClass = {
  name: 'output-back-pressure',
  title: 'the output is full, and who has it from outside does not read it',
  causes: [
    'Whoever started the program took its output through a pipe and waits for its end, or stopped reading.',
    'A terminal was stopped with Ctrl-S.',
  ],
  fixes: [
    'Let the caller read the output as it comes, or send it to a file.',
    'Say less: a program that hangs only with much output hangs here.',
  ],
  decidedBy:
    'A thread is blocked in a write, or waits until it may write, to a pipe or a local socket that is full and whose other end somebody outside of the tree has, or it is blocked in a write to a terminal.',
  confusedWith: [
    {
      name: 'pipe-back-pressure',
      toldApartBy: 'there all who could read are of the tree, and were seen to do something else.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy:
        'of a reader that is only slow nothing tells: it is outside, and was not looked at.',
    },
    {
      name: 'stopped-by-terminal-io',
      toldApartBy: 'there the kernel has stopped the process for using the terminal (state T).',
    },
  ],
  claim: (scene) => [...throughChannels(scene), ...throughTerminals(scene)],
};

function throughChannels(scene: Scene): Claim[] {
  return channelWaits(scene)
    .filter(isFull)
    .flatMap(({ wait, process, fd, name, others, alone, socket }) => {
      const isLocal = socket === null || socket.protocol === 'unix';
      const outside = others.filter(({ pid }) => !scene.seen.processes.has(pid));
      if (outside.length === 0 || !isLocal) return [];
      const isOutside = outside.length === others.length;
      const who = pidsOf(outside)
        .map((pid) => namePid(scene, pid, outside))
        .join(', ');
      return [
        {
          root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
          confidence: (fd === 1 || fd === 2) && alone ? 0.85 : 0.7,
          summary: `pid ${process.pid} can't write to fd ${fd}: ${name} is full, and ${who}, who is not of this tree, does not read it`,
          decidedBy: [
            `pid ${process.pid} ${alone ? 'was blocked in one and the same write to' : 'waited until it may write to'} ${name} at both looks`,
            `who could read it is outside of the tree: ${who}`,
          ],
          ruledOut: isOutside ? ['a reader within the tree: none of them has the other end'] : [],
          couldBe: [
            'a reader that is only slow: it is outside, and was not looked at',
            ...(isOutside ? [] : ['a reader within the tree, which has the other end, too']),
          ],
        },
      ];
    });
}

function throughTerminals(scene: Scene): Claim[] {
  return scene.waits.flatMap((wait) => {
    const { seen } = scene;
    const written = isBlockedWrite(wait) ? wait.fds[0] : undefined;
    const terminal = seen.processes
      .get(wait.thread.pid)
      ?.descriptors.list.find(({ fd, kind }) => fd === written && kind === 'terminal');
    if (terminal === undefined) return [];
    return [
      {
        root: rootOfWait(scene, wait, terminal.target),
        confidence: 0.8,
        summary: `pid ${wait.thread.pid} can't write to the terminal ${terminal.target} (fd ${terminal.fd}): it takes nothing`,
        decidedBy: [
          `pid ${wait.thread.pid} was blocked in one and the same write to it at both looks`,
        ],
        ruledOut: ['a pipe whose reader is slow: it is a terminal'],
        couldBe: ['a terminal stopped with Ctrl-S, or one whose other side nobody reads'],
      },
    ];
  });
}

function isBlockedWrite({ kind, interests }: Wait): boolean {
  return kind !== 'poll' && interests?.[0]?.access === 'write';
}
