import type { Leak } from '../core/attempt.ts';
import type { Member } from './census.ts';
import { pause } from './pause.ts';
import { isAlive, signalProcess } from './proc-stat.ts';

/** How often a process that was told to end is looked at, in milliseconds. */
const LOOK_EVERY_MS = 20;

/**
 * Ends processes that stayed behind: SIGTERM, a grace, SIGKILL. A process is signalled only while
 * its pid still has the start time that was read, so that a reused pid is never hit.
 *
 * @param graceMs how long they are given after SIGTERM
 * @param kill settles when the grace is to be cut short
 * @returns what each was and how it ended
 */
export async function endMembers(
  members: readonly Member[],
  graceMs: number,
  kill: AbortSignal,
): Promise<Leak[]> {
  const how = new Map<Member, string>();
  for (const member of members) how.set(member, send(member, 'SIGTERM'));
  const deadline = performance.now() + graceMs;
  const alive = (): Member[] => members.filter((member) => isAlive(member.pid, member.startTime));
  while (alive().length > 0 && performance.now() < deadline && !kill.aborted) {
    await pause(LOOK_EVERY_MS, kill);
  }
  const stubborn = alive();
  for (const member of stubborn) how.set(member, send(member, 'SIGKILL'));
  // SIGKILL is not ignorable, but a process in an uninterruptible wait outlives it for a while.
  const lastLook = performance.now() + 2_000;
  while (
    stubborn.some((member) => isAlive(member.pid, member.startTime)) &&
    performance.now() < lastLook
  ) {
    await pause(LOOK_EVERY_MS);
  }
  return members.map((member) => ({
    kind: 'process',
    pid: member.pid,
    startTime: member.startTime,
    command: member.command,
    foundBy: member.foundBy,
    endedBy: isAlive(member.pid, member.startTime)
      ? `nothing: still there after SIGKILL`
      : (how.get(member) ?? 'by itself'),
  }));
}

function send(member: Member, signal: 'SIGTERM' | 'SIGKILL'): string {
  if (!isAlive(member.pid, member.startTime)) return 'by itself';
  const target = member.startTime === null ? -member.pid : member.pid;
  switch (signalProcess(target, signal)) {
    case 'sent':
      // A stopped process takes SIGTERM only once it is continued.
      if (signal === 'SIGTERM') signalProcess(target, 'SIGCONT');
      return signal;
    case 'gone':
      return 'by itself';
    case 'refused':
      return `nothing: not allowed to signal it (EPERM)`;
  }
}
