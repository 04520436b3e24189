import { acceptWithoutClient } from './accept-without-client.ts';
import { busyInUserCode } from './busy-in-user-code.ts';
import { childWaitsStdin } from './child-waits-stdin.ts';
import { connectWithoutAnswer } from './connect-without-answer.ts';
import { exitBlocked } from './exit-blocked.ts';
import { fifoWithoutPartner } from './fifo-without-partner.ts';
import { grandchildHoldsStdout } from './grandchild-holds-stdout.ts';
import type { HangClass } from './hang-class.ts';
import { leakedWriterEnd } from './leaked-writer-end.ts';
import { mutualRead } from './mutual-read.ts';
import { orphanedReceive } from './orphaned-receive.ts';
import { outputBackPressure } from './output-back-pressure.ts';
import { pipeBackPressure } from './pipe-back-pressure.ts';
import { readSelfHeldWriter } from './read-self-held-writer.ts';
import { signalWakeupFull } from './signal-wakeup-full.ts';
import { silentPeer } from './silent-peer.ts';
import { sleepingLong } from './sleeping-long.ts';
import { slowNotHung } from './slow-not-hung.ts';
import { syscallSpin } from './syscall-spin.ts';
import { timersOnly } from './timers-only.ts';
import { waitingForOutside } from './waiting-for-outside.ts';
import { waitsOnStdin } from './waits-on-stdin.ts';

/** Every class that is known, in no particular order: each claims by itself. */
export const HANG_CLASSES: readonly HangClass[] = [
  acceptWithoutClient,
  busyInUserCode,
  childWaitsStdin,
  connectWithoutAnswer,
  exitBlocked,
  fifoWithoutPartner,
  grandchildHoldsStdout,
  leakedWriterEnd,
  mutualRead,
  orphanedReceive,
  outputBackPressure,
  pipeBackPressure,
  readSelfHeldWriter,
  signalWakeupFull,
  silentPeer,
  sleepingLong,
  slowNotHung,
  syscallSpin,
  timersOnly,
  waitingForOutside,
  waitsOnStdin,
];
