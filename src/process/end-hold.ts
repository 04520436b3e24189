import type { Leak } from '../core/attempt.ts';
import { describeLeft, type Left } from './describe-left.ts';
import { isThere, signalMember } from './kill-members.ts';
import { type Member, memberKey } from './member.ts';
import { pause } from './pause.ts';
import type { Hold } from './tier/tier.ts';

/** How often it is looked whether those that were told to end have ended, milliseconds. */
const LOOK_EVERY_MS = 20;

interface Told {
  readonly left: Left;
  how: string;
}

/**
 * Ends everything that is held: SIGTERM to each as it is met (what one of them starts in answer is
 * met at the next look), a grace, then the tier's kill. Each is described before it is signalled.
 *
 * @param until when the grace is over, by `performance.now()`; asked again at every look
 * @param kill aborts when the grace is to be cut short
 * @returns what each was and how it ended
 */
export async function endHold(hold: Hold, until: () => number, kill: AbortSignal): Promise<Leak[]> {
  const told = new Map<string, Told>();
  let members = await hold.members();
  let looks = 0;
  while (members.length > 0) {
    for (const member of members) {
      if (!told.has(memberKey(member))) told.set(memberKey(member), tell(member));
    }
    // Where this process itself was kept from running, the grace may be over before it began.
    const over = looks > 0 && performance.now() >= until();
    looks += 1;
    if (kill.aborted || over) {
      await killRest(hold, told);
      break;
    }
    await pause(LOOK_EVERY_MS, kill);
    members = await hold.members();
  }
  return [...told.values()].map(({ left, how }) => ({
    ...left,
    endedBy: isThere(left) ? 'nothing: still there after SIGKILL' : how,
  }));
}

function tell(member: Member): Told {
  const left = describeLeft(member);
  switch (signalMember(member, 'SIGTERM')) {
    case 'sent':
      // A stopped process takes SIGTERM only once it is continued.
      signalMember(member, 'SIGCONT');
      return { left, how: 'SIGTERM' };
    case 'gone':
      return { left, how: 'by itself' };
    case 'refused':
      return { left, how: 'nothing: not allowed to signal it (EPERM)' };
  }
}

async function killRest(hold: Hold, told: Map<string, Told>): Promise<void> {
  for (const entry of told.values()) if (isThere(entry.left)) entry.how = 'SIGKILL';
  for (const member of await hold.kill()) {
    const key = memberKey(member);
    if (!told.has(key)) told.set(key, { left: describeLeft(member), how: 'SIGKILL' });
  }
}
