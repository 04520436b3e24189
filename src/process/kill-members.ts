import { type Member, memberKey } from './member.ts';
import { pause } from './pause.ts';
import { isAlive, signalProcess } from './proc-stat.ts';

/** How often the census is taken while it still grows, and how often all of it is repeated. */
const CENSUSES = 50;
const ROUNDS = 10;
const DIE_WAIT_MS = 2_000;
const LOOK_EVERY_MS = 2;

/** Finds the living members; may tell of each as soon as it is met, besides. */
type Find = (meet: (member: Member) => void) => Promise<readonly Member[]>;

/**
 * Kills what a census finds where no control group can: stops everybody at sight until it meets
 * nobody new, so that none of them forks in between, and only then kills; repeated until it finds
 * nobody.
 *
 * @returns everybody it met
 */
export async function killMembers(census: Find): Promise<readonly Member[]> {
  const met = new Map<string, Member>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const stopped = await stopAll(census);
    if (stopped.length === 0) break;
    for (const member of stopped) met.set(memberKey(member), member);
    for (const member of stopped) signalMember(member, 'SIGKILL');
    await gone(stopped);
  }
  return [...met.values()];
}

async function stopAll(census: Find): Promise<readonly Member[]> {
  const stopped = new Map<string, Member>();
  const stop = (member: Member): void => {
    const key = memberKey(member);
    if (stopped.has(key)) return;
    stopped.set(key, member);
    signalMember(member, 'SIGSTOP');
  };
  for (let look = 0; look < CENSUSES; look += 1) {
    const before = stopped.size;
    for (const member of await census(stop)) stop(member);
    if (stopped.size === before) break;
  }
  return [...stopped.values()];
}

async function gone(members: readonly Member[]): Promise<void> {
  const deadline = performance.now() + DIE_WAIT_MS;
  while (members.some(isThere) && performance.now() < deadline) await pause(LOOK_EVERY_MS);
}

/** Whether this very process still lives. */
export function isThere({ pid, startTime }: Pick<Member, 'pid' | 'startTime'>): boolean {
  return isAlive(pid, startTime);
}

/**
 * Signals a member, and only it: a pid whose start time is another by now belongs to somebody
 * else. Where there is no start time to tell by, the pid is a process group's.
 */
export function signalMember(
  member: Pick<Member, 'pid' | 'startTime'>,
  signal: NodeJS.Signals,
): ReturnType<typeof signalProcess> {
  if (!isThere(member)) return 'gone';
  return signalProcess(member.startTime === null ? -member.pid : member.pid, signal);
}
