import { type Activity, busyOnes, percent, type ThreadActivity } from './activity.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { type ReadyDescriptor, readyForEver } from './ready-for-ever.ts';
import { rootOfThread } from './root-of-thread.ts';
import type { RepeatedCall } from '../probes/calls/repeated-call.ts';
import { callText, tracedCalls } from './traced-calls.ts';

/** Who asks the kernel again and again leaves it so much of the time. */
const LEAST_SYSTEM = 0.3;

/** More often than this, a second, nobody reads or writes to get nothing but in a loop. */
const SPINNING_CALLS = 2_000;

/** A thread makes the same system call again and again, which returns at once and gives nothing. */
export const syscallSpin: HangClass = {
  name: 'syscall-spin',
  title: 'a thread makes a system call again and again that returns at once and gives nothing',
  causes: [
    'The end of a pipe or a connection (a read of 0 bytes) is taken for "nothing yet", and read again.',
    'A descriptor stays in the poll set when it has come to its end, or is never read.',
    'A call on a non-blocking descriptor is repeated on EAGAIN without waiting for it.',
  ],
  fixes: [
    'Take 0 bytes for the end: leave the loop, close the descriptor, take it out of the poll set.',
    'After EAGAIN wait in poll or epoll until the descriptor is ready.',
  ],
  decidedBy:
    "At least 30 % of the time that a busy thread has on a processor is the kernel's, and more than 2000 reads or writes a second move 0 bytes, a trace shows one call again and again in vain, or, where none was taken, a descriptor is readable and stays so: that rules out a wait for anybody and a loop in its own code.",
  confusedWith: [
    {
      name: 'busy-in-user-code',
      toldApartBy: "there no more than 30 % of the thread's time on a processor is the kernel's.",
    },
    {
      name: 'polling-for-a-file',
      toldApartBy: 'there a pause lies between the calls.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy: 'there bytes are moved, memory grows or processes come and go.',
    },
  ],
  claim: (scene) =>
    busyOnes(scene).flatMap(({ activity, thread }) => claimOf(scene, activity, thread)),
};

function claimOf(scene: Scene, activity: Activity, thread: ThreadActivity): Claim[] {
  if (thread.system === null || thread.system < LEAST_SYSTEM) return [];
  const { process, moved, seconds } = activity;
  const ready = readyForEver(scene, process);
  const calls = Math.max(moved?.reads ?? 0, moved?.writes ?? 0) / seconds;
  const isEmpty = moved !== null && moved.bytes === 0 && calls > SPINNING_CALLS;
  const trace = tracedCalls(scene, process.pid);
  const traced = repeatedInVain(trace, moved?.bytes ?? 0);
  // It was traced, and does many things: a server under load has unread bytes at any moment.
  if (trace.length > 0 && traced === null && !isEmpty) return [];
  const at =
    ready.find(({ descriptor }) => traced?.target === `fd ${descriptor.fd}`) ??
    ready.find(({ ended }) => ended) ??
    ready[0];
  if (at === undefined && !isEmpty && traced === null) return [];
  const isAtEnd = isEmpty && at?.ended === true;
  const place = at?.descriptor.target ?? traced?.target;
  const root = rootOfThread(scene, thread.thread, place);
  return [
    {
      root: { ...root, fd: at?.descriptor.fd ?? null },
      confidence:
        isAtEnd || traced !== null ? 0.88 : isEmpty ? 0.82 : at?.ended === true ? 0.65 : 0.5,
      summary: `pid ${process.pid} spins on a system call${at === undefined ? '' : ` at ${placeOf(at)}`}, which returns at once and gives nothing`,
      decidedBy: [
        `thread ${thread.thread.tid} ran, or waited for a processor, ${percent(thread.busy)} of the time, and ${percent(thread.system)} of that was the kernel's`,
        ...(traced === null ? [] : [`while it was traced: ${callText(traced)}`]),
        ...(isEmpty ? [`${Math.round(calls)} reads or writes a second moved 0 bytes`] : []),
        ...(at === undefined ? [] : [`${placeOf(at)}: ${at.why}`]),
      ],
      ruledOut: [
        'a wait for anybody: it never sleeps',
        'a loop in its own code: too much of its time is the kernel’s',
      ],
      couldBe: isAtEnd
        ? []
        : ['a program that rightly asks again without a pause, for a short time'],
      // An end stays an end. Everything else may change with the next call.
      ...(isAtEnd
        ? {}
        : { undecided: 'a short trace of its system calls: the same call with the same result' }),
    },
  ];
}

/** Calls that return as soon as there is something, and leave it there. */
const POLLS = /^(?:p?poll|p?select6?|epoll_p?wait2?|sched_yield)$/;

/** Of a loop of a few calls each has its share. */
const LEAST_SHARE = 0.3;

/** The call that fills its time, and gives nothing: an error, 0 bytes, or what is ready already. */
function repeatedInVain(calls: readonly RepeatedCall[], bytes: number): RepeatedCall | null {
  const total = calls.reduce((sum, { times }) => sum + times, 0);
  const found = calls.find(
    ({ name, result, times }) =>
      times > 100 && times > total * LEAST_SHARE && (result !== 'ok' || POLLS.test(name)),
  );
  return found === undefined || bytes > 0 ? null : found;
}

function placeOf({ descriptor }: ReadyDescriptor): string {
  return `${descriptor.target} (fd ${descriptor.fd})`;
}
