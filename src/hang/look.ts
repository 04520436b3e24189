import { descendantsOf } from '../process/descendants.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { observe } from './observe/observation.ts';

/** Two samples so far apart prove that nothing can go on; a longer look names more. */
const PROOF_WINDOW_MS = 120;
const NAMING_WINDOW_MS = 500;

/**
 * Looks at a tree of processes from outside, without touching any of them: as short as suffices for
 * a proof that nothing in it can go on, else long enough to tell slow from stuck.
 *
 * @param members asked for the tree's pids each time, the root first
 */
export async function lookAt(
  members: () => readonly number[] | Promise<readonly number[]>,
): Promise<Diagnosis> {
  const short = diagnose(await observe(members, PROOF_WINDOW_MS));
  if (short.proven && short.verdict.class !== 'unknown') return short;
  return diagnose(await observe(members, NAMING_WINDOW_MS));
}

/** A process and all that come from it, as far as `/proc` shows who came from whom. */
export function treeOf(pid: number): () => readonly number[] {
  return () => [pid, ...descendantsOf(pid).found.map((process) => process.pid)];
}
