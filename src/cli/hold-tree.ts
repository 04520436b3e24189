import { usageError } from '../core/errors.ts';
import { isThere } from '../process/kill-members.ts';
import type { Member } from '../process/member.ts';
import { readProcStat } from '../process/proc-stat.ts';
import { stopAll, untilStopped } from '../run/hang-hold.ts';

/** Who is stopped starts nobody any more, so that few looks find all; bounded all the same. */
const LOOKS = 50;

type Identity = Pick<Member, 'pid' | 'startTime'>;

/**
 * Refuses to hold a tree that this process is in: it would stop before the rest of it did.
 *
 * @throws PindownError (`holds-itself`)
 */
export function assertHoldable(pid: number, members: readonly number[]): void {
  if (!members.includes(process.pid)) return;
  throw usageError(
    'holds-itself',
    `Process ${pid} is above this very command, which would stop itself with it.`,
    'Hold it from another terminal.',
  );
}

/**
 * Stops a tree as it is, the first process first, until nobody is met who still runs.
 *
 * @returns what is held, and how it is let go: full sentences
 */
export async function holdTree(members: () => readonly number[]): Promise<string> {
  const held = new Map<number, Identity>();
  for (let look = 0; look < LOOKS; look += 1) {
    const found = members().flatMap((pid) => {
      const stat = held.has(pid) ? null : readProcStat(pid);
      return stat === null ? [] : [{ pid, startTime: stat.startTime }];
    });
    if (found.length === 0) break;
    for (const member of stopAll(found)) held.set(member.pid, member);
  }
  await untilStopped([...held.values()], new AbortController().signal);
  return wordsFor([...held.values()].filter(isThere).map(({ pid }) => pid));
}

function wordsFor([first, ...rest]: readonly number[]): string {
  if (first === undefined) return 'Nobody could be stopped: it has ended, or is another user’s.';
  const pids = [first, ...rest].join(' ');
  return [
    `Held stopped: ${pids}.`,
    `Look: gdb -p ${first}.`,
    `Let it go on: kill -CONT ${pids}.`,
    `End it: kill -KILL ${pids}.`,
  ].join(' ');
}
