import { isThere, signalMember } from '../process/kill-members.ts';
import type { Member } from '../process/member.ts';
import { pause } from '../process/pause.ts';
import { readProcStat } from '../process/proc-stat.ts';

type Identity = Pick<Member, 'pid' | 'startTime'>;

/** How often it is looked whether a person has let it go on, milliseconds. */
const LOOK_EVERY_MS = 250;

/** How often it is looked whether they have stopped, milliseconds. */
const STOPS_EVERY_MS = 10;

/** A signal takes effect once its process gets a processor, so long at most, milliseconds. */
const STOPS_WITHIN_MS = 5000;

/** Stops processes where they are. Returns those that could be stopped, the first one first. */
export function stopAll<M extends Identity>(members: readonly M[]): readonly M[] {
  return members.filter((member) => signalMember(member, 'SIGSTOP') === 'sent');
}

/** Waits for those that were told to stop to have done so: none of them was let go on before. */
export async function untilStopped(held: readonly Identity[], given: AbortSignal): Promise<void> {
  const until = performance.now() + STOPS_WITHIN_MS;
  while (!given.aborted && performance.now() < until && held.some(isOnItsWay)) {
    await pause(STOPS_EVERY_MS, given);
  }
}

/**
 * Waits while somebody keeps them.
 *
 * @param given aborts where they are no longer to be kept
 * @returns whether somebody continued them; false where they are gone, or were given up
 */
export async function untilLetGo(held: readonly Member[], given: AbortSignal): Promise<boolean> {
  while (!given.aborted) {
    const there = held.filter(isThere);
    if (there.length === 0) return false;
    if (!there.some(({ pid }) => isHeld(pid))) return true;
    await pause(LOOK_EVERY_MS, given);
  }
  return false;
}

function isOnItsWay(member: Identity): boolean {
  return isThere(member) && !isHeld(member.pid);
}

/** Stopped, or in the hands of a debugger. */
function isHeld(pid: number): boolean {
  const state = readProcStat(pid)?.state;
  return state === 'T' || state === 't';
}

/** What a person who finds a unit held has to know. */
export function heldNotice(held: readonly Member[]): string {
  const [first] = held;
  const pids = held.map(({ pid }) => pid).join(' ');
  return [
    'it hangs and is held stopped; the run waits for it.',
    `Look: pindown hang ${first?.pid}, gdb -p ${first?.pid}.`,
    `End it: kill -KILL ${pids}.`,
    `Let it go on, with its whole time limit: kill -CONT ${pids}.`,
    'Ctrl-C ends the run, and it with that.',
  ].join(' ');
}
