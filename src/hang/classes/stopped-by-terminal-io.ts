import { namePid } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { rootOfWait } from './scene.ts';
import { stoppedOnes } from './stopped-thread.ts';

const SIGNALS = { read: 'SIGTTIN', write: 'SIGTTOU', set: 'SIGTTOU' } as const;
const ACTS = { read: 'read from', write: 'wrote to', set: 'changed the settings of' } as const;

/** A process in the background was about to use its terminal, and was stopped for that. */
export const stoppedByTerminalIo: HangClass = {
  name: 'stopped-by-terminal-io',
  title: 'a process in the background used the terminal, and was stopped for that',
  causes: [
    'A test runner or a tool puts its child into a group of its own, and the child asks a question or sets the terminal.',
    'A command was started with & and reads its stdin.',
  ],
  fixes: [
    'Start it with stdin from /dev/null, or in a session of its own (setsid), so that it has no terminal.',
    'Make its group the one in the foreground (tcsetpgrp), or ignore SIGTTOU.',
  ],
  decidedBy:
    'The kernel has the process as stopped (state T) within a read, a write or a change of settings of a terminal where its group is not the one in the foreground: that rules out SIGSTOP by somebody.',
  confusedWith: [
    {
      name: 'stopped-by-signal',
      toldApartBy: 'there it was in no such call.',
    },
    {
      name: 'waits-on-stdin',
      toldApartBy: 'there it is not stopped, but waits in the read of the terminal.',
    },
    {
      name: 'output-back-pressure',
      toldApartBy: 'there it is not stopped, but waits in the write to the terminal.',
    },
  ],
  claim: (scene) =>
    stoppedOnes(scene).flatMap(({ process, wait, terminal }) => {
      if (terminal === null) return [];
      const { path, fd, access } = terminal;
      const foreground = process.now.terminal?.foreground ?? 0;
      return [
        {
          root: rootOfWait(scene, { ...wait, fds: [fd] }, path),
          confidence: 0.95,
          summary: `${namePid(scene, process.pid)} ${ACTS[access]} the terminal ${path} (fd ${fd}) from the background, and is stopped by ${SIGNALS[access]}`,
          decidedBy: [
            `the kernel has pid ${process.pid} as stopped (state T) within a call on ${path}`,
            foreground > 0
              ? `its group ${process.now.group} is not the one in the foreground there, ${foreground}`
              : `no group is in the foreground there`,
          ],
          ruledOut: ['SIGSTOP by somebody: it was about to use the terminal, which it may not'],
          couldBe: [],
        },
      ];
    }),
};
