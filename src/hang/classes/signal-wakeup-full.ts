import type { HangClass } from './hang-class.ts';
import { mainWait } from './idle.ts';
import { living } from './scene.ts';
import { wakeupPairs } from './wakeup-pair.ts';

/** An event loop that no longer runs: what wakes it is full to the brim, and nobody takes it. */
export const signalWakeupFull: HangClass = {
  name: 'signal-wakeup-full',
  title: 'the event loop is starved: its signal wake-up is full, and no thread of it polls',
  causes: [
    'A call that blocks or never returns runs on the thread of the event loop.',
    'Another thread keeps the interpreter lock, so that the loop never gets to run.',
  ],
  fixes: [
    "Find what the loop's thread is in (its stack), and move it to a thread or a process of its own.",
    'Give blocking calls a time limit. Ctrl-C does not help here: nobody runs its handler.',
  ],
  decidedBy:
    'Nothing more fits into the socket pair by which a process wakes its event loop, its bytes are unread, and no thread polls it: that rules out a live loop that waits for a peer that is gone, since such a loop drains its wake-up.',
  confusedWith: [
    {
      name: 'orphaned-receive',
      toldApartBy: 'there the event loop lives: its wake-up is polled and drained.',
    },
    {
      name: 'interpreter-lock-hogged',
      toldApartBy: "there Python's stacks name the thread that keeps the loop from running.",
    },
    {
      name: 'busy-in-user-code',
      toldApartBy: "there it is named what the loop's thread may be at; here what starves from it.",
    },
  ],
  claim: (scene) =>
    living(scene).flatMap((process) =>
      wakeupPairs(scene, process)
        .filter(({ isFull, isPolled, unread }) => isFull && !isPolled && unread > 0)
        .map(({ reading, writing, unread }) => {
          const instead = mainWait(scene, process.pid)?.what ?? 'does something else';
          return {
            root: {
              pid: process.pid,
              command: process.now.commandLine,
              thread: { pid: process.pid, tid: process.pid },
              fd: reading.fd,
              place: instead,
            },
            confidence: 0.93,
            summary: `the event loop of pid ${process.pid} does not run: ${unread} wake-ups wait unread in its own socket pair (fd ${reading.fd}), and its thread ${instead}`,
            decidedBy: [
              `the wake-up pair (fd ${writing.fd} to fd ${reading.fd}) is full: a signal's write returns EAGAIN, and ${unread} bytes are unread`,
              `no thread of pid ${process.pid} polls fd ${reading.fd}`,
            ],
            ruledOut: [
              'a live loop that waits for a peer that is gone: such a loop drains its wake-up, and a write to it returns 1',
            ],
            couldBe: [],
          };
        }),
    ),
};
