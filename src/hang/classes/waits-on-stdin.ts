import type { Wait } from '../graph/wait.ts';
import { channelWaits, namePid, pidsOf } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isIdle } from './idle.ts';
import { rootOfWait } from './scene.ts';

/** A program reads its stdin, which only somebody outside of the tree could feed. */
export const waitsOnStdin: HangClass = {
  name: 'waits-on-stdin',
  title: 'a program waits for input that nobody gives',
  causes: [
    'A tool asks a question (a password, "proceed?") where nobody sits.',
    'A command without a file name reads its stdin.',
    'Whoever started it left a pipe open as its stdin.',
  ],
  fixes: [
    'Start it with stdin from /dev/null, so that it ends or says what it wants.',
    'Give the flag by which the tool asks nothing (--yes, CI=1, GIT_TERMINAL_PROMPT=0).',
  ],
  decidedBy:
    'An idle process waits to read from a terminal, which rules out a program that feeds it, or from a stdin to which somebody outside of the tree could write, which rules out an end of file.',
  confusedWith: [
    {
      name: 'child-waits-stdin',
      toldApartBy: 'there only ancestors within the tree could write.',
    },
    {
      name: 'stopped-by-terminal-io',
      toldApartBy: 'there the process is stopped (state T) for reading from the background.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy:
        'of a writer that is only slow nothing tells: it is outside, and was not looked at.',
    },
  ],
  claim: (scene) => [...fromTerminals(scene), ...fromChannels(scene)],
};

function fromTerminals(scene: Scene): Claim[] {
  return scene.waits.flatMap((wait) => {
    const terminal = terminalOf(scene, wait);
    if (terminal === null || !isIdle(scene, wait.thread.pid)) return [];
    const { fd, target } = terminal;
    const isBlocked = wait.kind !== 'poll';
    return [
      {
        root: rootOfWait(scene, { ...wait, fds: [fd] }, target),
        confidence: isBlocked ? 0.9 : 0.7,
        summary: `pid ${wait.thread.pid} waits for input from the terminal ${target} (fd ${fd})`,
        decidedBy: [
          `pid ${wait.thread.pid} ${isBlocked ? 'is blocked in a read of' : 'polls'} ${target}`,
        ],
        ruledOut: ['a program that feeds it: a terminal is fed by who sits there'],
        couldBe: ['a program that rightly waits for a person, or for one that plays a person'],
      },
    ];
  });
}

function terminalOf(
  { seen }: Scene,
  { thread, interests = [] }: Wait,
): { readonly fd: number; readonly target: string } | null {
  const list = seen.processes.get(thread.pid)?.descriptors.list ?? [];
  return (
    list.find(
      ({ fd, kind }) =>
        kind === 'terminal' && interests.some((one) => one.fd === fd && one.access === 'read'),
    ) ?? null
  );
}

function fromChannels(scene: Scene): Claim[] {
  return channelWaits(scene).flatMap(({ wait, process, fd, access, name, others, alone }) => {
    if (fd !== 0 || access !== 'read' || !isIdle(scene, process.pid)) return [];
    const outside = others.filter(({ pid }) => !scene.seen.processes.has(pid));
    if (outside.length === 0) return [];
    const who = pidsOf(outside)
      .map((pid) => namePid(scene, pid, outside))
      .join(', ');
    return [
      {
        root: rootOfWait(scene, { ...wait, fds: [fd] }, name),
        confidence: alone ? 0.85 : 0.72,
        summary: `pid ${process.pid} waits for its stdin (${name}), which ${outside.length === others.length ? 'only ' : ''}${who}, outside of this tree, could feed or close`,
        decidedBy: [
          `pid ${process.pid} ${alone ? 'is blocked in a read of' : 'polls'} fd 0`,
          `who could write to it is outside of the tree: ${who}`,
        ],
        ruledOut: ['an end of file: somebody still holds the write end'],
        couldBe: ['a writer that is only slow: it is outside, and was not looked at'],
      },
    ];
  });
}
