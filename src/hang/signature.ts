import type { Diagnosis } from './diagnose.ts';
import type { WaitKind } from './graph/wait.ts';

/** Who is met in these was only just running, or soon will be: at another look it is another one. */
const PASSING: ReadonlySet<WaitKind> = new Set(['running', 'time', 'unknown']);

/**
 * What makes two hangs the same one: their class, where the root lies, and the call that its thread
 * is blocked in. Pids, inodes, ports and descriptors' numbers differ from run to run and are left
 * out, and so are the threads beside it: which of a pool are idle is chance.
 */
export function hangSignature({ verdict, candidates, scene }: Diagnosis): string {
  const root = verdict.class === 'unknown' ? null : (candidates[0]?.root ?? null);
  const pid = root?.pid ?? scene.seen.root;
  const tid = root?.thread?.tid ?? pid;
  const wait = scene.waits.find(({ thread }) => thread.pid === pid && thread.tid === tid);
  const call = wait === undefined || PASSING.has(wait.kind) ? '-' : wait.kind;
  const place = root?.place?.replaceAll(/\d+/g, 'N') ?? '-';
  return [verdict.class, place, call].join(' | ');
}
