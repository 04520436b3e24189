import { descendantsOf } from '../process/descendants.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { type Observation, observe, type Told } from './observe/observation.ts';
import { ask } from './probes/ask.ts';
import { isMostlyAsleep } from './classes/activity.ts';
import type { Disturbance } from './probes/probe.ts';

/** Two samples so far apart prove that nothing can go on; a longer look names more. */
export const PROOF_WINDOW_MS = 120;
const NAMING_WINDOW_MS = 500;
/** So often a longer look is repeated; before anybody is asked, since who is asked runs. */
const MOST_AGAIN = 2;

/** What may be done to a tree while it is looked at: nothing, unless more is asked for. */
const UNTOUCHED: readonly Disturbance[] = ['nothing'];

/**
 * Looks at a tree of processes from outside, without touching any of them unless that is allowed: as
 * short as suffices for a proof that nothing in it can go on, else long enough to tell slow from
 * stuck.
 *
 * @param members asked for the tree's pids each time, the root first
 * @param allowed what its processes may suffer from being asked
 * @param told what is known of it beside
 * @param onFirst given what the first, short look came to, for who may have no time for the rest
 */
export async function lookAt(
  members: () => readonly number[] | Promise<readonly number[]>,
  allowed: readonly Disturbance[] = UNTOUCHED,
  told?: Told,
  onFirst?: (first: Diagnosis) => void,
): Promise<Diagnosis> {
  const look = async (windowMs: number): Promise<Observation> => {
    const seen = await observe(members, windowMs);
    return told === undefined ? seen : { ...seen, told };
  };
  const short = await look(PROOF_WINDOW_MS);
  const first = diagnose(short);
  onFirst?.(first);
  if (first.proven) {
    const proof = diagnose(await asked(short, allowed));
    if (proof.verdict.class !== 'unknown') return proof;
  }
  let seen = await look(NAMING_WINDOW_MS);
  for (let again = 0; again < MOST_AGAIN && hidesItsWaits(diagnose(seen)); again += 1) {
    seen = await look(NAMING_WINDOW_MS);
  }
  return diagnose(await asked(seen, allowed));
}

/** What ran for a moment only, as runtimes do for their housekeeping, hides what it waits for. */
function hidesItsWaits({ standing, scene }: Diagnosis): boolean {
  return standing === 'unknown' && isMostlyAsleep(scene);
}

async function asked(seen: Observation, allowed: readonly Disturbance[]): Promise<Observation> {
  return { ...seen, findings: await ask(seen, allowed) };
}

/** A tree of a process and all that come from it, as far as `/proc` shows who came from whom. */
export function treeOf(pid: number): () => readonly number[] {
  return () => [pid, ...descendantsOf(pid).found.map((process) => process.pid)];
}
