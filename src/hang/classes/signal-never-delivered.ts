import { signalName } from '../../process/native/wait-status.ts';
import type { Wait } from '../graph/wait.ts';
import { hasSignal } from '../observe/process-sample.ts';
import { namePid } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isIdle, mainWait } from './idle.ts';
import { restsThroughout } from './rests-throughout.ts';
import { living, rootOfWait } from './scene.ts';

/** A process waits for a signal that nobody sends, or blocks one that was sent to it. */
export const signalNeverDelivered: HangClass = {
  name: 'signal-never-delivered',
  title: 'a signal is waited for that nobody sends, or was sent and is blocked',
  causes: [
    'The signal came before it was waited for, and its handler ran in between (pause after a check).',
    'A mask of blocked signals was inherited by a child, which so never sees SIGTERM.',
    'The signal was sent to another process: to the shell or the wrapper that started this one.',
  ],
  fixes: [
    'Block the signal, check, then wait by sigsuspend, sigwait or a signalfd: none is lost so.',
    'Reset the mask in children (sigprocmask, restore_signals); send signals to the group.',
  ],
  decidedBy:
    'An idle process blocks a signal by which processes ask each other and that is pending in both looks, which rules out one that was not sent; or a process waits for a signal in a call without a limit, which rules out a wait for a time, while nothing of the tree moves that could send it and no child could by its end.',
  confusedWith: [
    {
      name: 'zombie-unreaped',
      toldApartBy: 'there the child whose end the signal tells of is a zombie.',
    },
    {
      name: 'stopped-by-signal',
      toldApartBy: 'there the process itself is stopped (state T), and waits for SIGCONT alone.',
    },
    {
      name: 'sleeping-long',
      toldApartBy: 'there the wait has a time limit.',
    },
  ],
  claim: (scene) => [...blockedOnes(scene), ...waitingOnes(scene)],
};

/** Those whose end or call was asked for, and who have it pending and blocked. */
function blockedOnes(scene: Scene): Claim[] {
  return living(scene).flatMap(({ pid, before, now }) => {
    const held = now.signals.pending & now.signals.blocked & before.signals.pending;
    const wait = mainWait(scene, pid);
    // Who waits for children needs no signal of them: shells block it for as long as they wait.
    const signals = ASKED.filter(
      (signal) => hasSignal(held, signal) && !(signal === SIGCHLD && wait?.kind === 'child'),
    ).map(signalName);
    if (signals.length === 0 || wait === undefined || !isIdle(scene, pid)) return [];
    return [
      {
        root: rootOfWait(scene, wait, signals.join(', ')),
        confidence: 0.85,
        summary: `${namePid(scene, pid)} was sent ${signals.join(', ')} and blocks it: it ${wait.what} and never sees the signal`,
        decidedBy: [
          `${signals.join(', ')} is pending in both looks, and blocked (/proc/${pid}/status)`,
          `pid ${pid} ${wait.what}`,
        ],
        ruledOut: ['a signal that was not sent: it is pending'],
        couldBe: ['a process that hangs for another reason, and would take the signal after that'],
      },
    ];
  });
}

/** SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD: by which processes ask each other. */
const ASKED: readonly number[] = [1, 2, 3, 10, 12, 15, 17];

function waitingOnes(scene: Scene): Claim[] {
  return scene.waits.flatMap((wait) => {
    const { pid } = wait.thread;
    if (wait.kind !== 'signal' || wait !== mainWait(scene, pid)) return [];
    if (!restsThroughout(scene, wait) || awaitsChild(scene, wait)) return [];
    const names = wait.signals?.slice(0, 4).map(signalName).join(', ') ?? '';
    const isNamed = wait.what.includes('rt_sigtimedwait') && names !== '';
    return [
      {
        root: rootOfWait(scene, wait, names === '' ? null : names),
        // A pause that only Ctrl-C or an end is to end may be how a server rests.
        confidence: isNamed ? 0.8 : awaitsCall(wait) ? 0.68 : 0.55,
        summary: `${namePid(scene, pid)} ${wait.what}, and nobody sends one`,
        decidedBy: [
          `pid ${pid} ${wait.what}`,
          names === ''
            ? 'it catches no signal, so that only one that ends it could end the wait'
            : `only ${names} would end the wait, and none came between two looks`,
        ],
        ruledOut: ['a time limit: the call has none'],
        couldBe: [
          'a service that rightly rests until it is told to end, while the cause is elsewhere',
        ],
      },
    ];
  });
}

/** It catches a signal by which others call it, and not only those that end it. */
function awaitsCall({ signals }: Wait): boolean {
  return signals?.some((signal) => !ENDING.has(signal)) === true;
}

/** SIGHUP, SIGINT, SIGQUIT, SIGTERM. */
const ENDING: ReadonlySet<number> = new Set([1, 2, 3, 15]);

/** A child that lives may end, and its end is such a signal: then the child is the one to look at. */
function awaitsChild({ seen }: Scene, { thread, signals }: Wait): boolean {
  const cares = signals == null || signals.includes(SIGCHLD);
  return cares && [...seen.processes.values()].some(({ now }) => now.parent === thread.pid);
}

const SIGCHLD = 17;
