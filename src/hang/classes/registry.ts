import { acceptWithoutClient } from './accept-without-client.ts';
import { asyncioTaskNeverSettles } from './asyncio-task-never-settles.ts';
import { busyInUserCode } from './busy-in-user-code.ts';
import { childWaitsStdin } from './child-waits-stdin.ts';
import { connectWithoutAnswer } from './connect-without-answer.ts';
import { endlessLoop } from './endless-loop.ts';
import { exitBlocked } from './exit-blocked.ts';
import { fifoWithoutPartner } from './fifo-without-partner.ts';
import { fileLockCycle } from './file-lock-cycle.ts';
import { fileLockHeld } from './file-lock-held.ts';
import { goBlockedForEver } from './go-blocked-for-ever.ts';
import { frozen } from './frozen.ts';
import { grandchildHoldsStdout } from './grandchild-holds-stdout.ts';
import type { HangClass } from './hang-class.ts';
import { immediateStarvation } from './immediate-starvation.ts';
import { interpreterLockHogged } from './interpreter-lock-hogged.ts';
import { javaDeadlock } from './java-deadlock.ts';
import { leakedWriterEnd } from './leaked-writer-end.ts';
import { lockWithoutOwner } from './lock-without-owner.ts';
import { lostWakeUp } from './lost-wake-up.ts';
import { microtaskStarvation } from './microtask-starvation.ts';
import { mutexCycle } from './mutex-cycle.ts';
import { mutexOwnerGone } from './mutex-owner-gone.ts';
import { mutualRead } from './mutual-read.ts';
import { orphanedReceive } from './orphaned-receive.ts';
import { outputBackPressure } from './output-back-pressure.ts';
import { parentWaitsChild } from './parent-waits-child.ts';
import { pipeBackPressure } from './pipe-back-pressure.ts';
import { pollingForAFile } from './polling-for-a-file.ts';
import { poolLostTask } from './pool-lost-task.ts';
import { promiseNeverSettles } from './promise-never-settles.ts';
import { pythonLock } from './python-lock.ts';
import { readSelfHeldWriter } from './read-self-held-writer.ts';
import { selfDeadlock } from './self-deadlock.ts';
import { signalNeverDelivered } from './signal-never-delivered.ts';
import { signalWakeupFull } from './signal-wakeup-full.ts';
import { silentPeer } from './silent-peer.ts';
import { sleepingLong } from './sleeping-long.ts';
import { slowNotHung } from './slow-not-hung.ts';
import { stoppedBySignal } from './stopped-by-signal.ts';
import { stoppedByTerminalIo } from './stopped-by-terminal-io.ts';
import { syscallSpin } from './syscall-spin.ts';
import { teardownOrder } from './teardown-order.ts';
import { threadJoinAtExit } from './thread-join-at-exit.ts';
import { timersOnly } from './timers-only.ts';
import { traced } from './traced.ts';
import { uninterruptible } from './uninterruptible.ts';
import { vforkParent } from './vfork-parent.ts';
import { waitingForOutside } from './waiting-for-outside.ts';
import { waitsOnStdin } from './waits-on-stdin.ts';
import { workerOrAtomics } from './worker-or-atomics.ts';
import { zombieUnreaped } from './zombie-unreaped.ts';

/** Every class that is known, in no particular order: each claims by itself. */
export const HANG_CLASSES: readonly HangClass[] = [
  acceptWithoutClient,
  asyncioTaskNeverSettles,
  busyInUserCode,
  childWaitsStdin,
  connectWithoutAnswer,
  endlessLoop,
  exitBlocked,
  fifoWithoutPartner,
  fileLockCycle,
  fileLockHeld,
  goBlockedForEver,
  frozen,
  grandchildHoldsStdout,
  immediateStarvation,
  interpreterLockHogged,
  javaDeadlock,
  leakedWriterEnd,
  lockWithoutOwner,
  lostWakeUp,
  microtaskStarvation,
  mutexCycle,
  mutexOwnerGone,
  mutualRead,
  orphanedReceive,
  outputBackPressure,
  parentWaitsChild,
  pipeBackPressure,
  pollingForAFile,
  poolLostTask,
  promiseNeverSettles,
  pythonLock,
  readSelfHeldWriter,
  selfDeadlock,
  signalNeverDelivered,
  signalWakeupFull,
  silentPeer,
  sleepingLong,
  slowNotHung,
  stoppedBySignal,
  stoppedByTerminalIo,
  syscallSpin,
  teardownOrder,
  threadJoinAtExit,
  timersOnly,
  traced,
  uninterruptible,
  vforkParent,
  waitingForOutside,
  waitsOnStdin,
  workerOrAtomics,
  zombieUnreaped,
];
