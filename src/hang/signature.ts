import type { Diagnosis } from './diagnose.ts';

/**
 * What makes two hangs the same one: their class, where the root lies, and the kinds of waits of
 * its process. Pids, inodes, ports and descriptors' numbers differ from run to run and are left out.
 */
export function hangSignature({ verdict, candidates, scene }: Diagnosis): string {
  const root = verdict.class === 'unknown' ? null : (candidates[0]?.root ?? null);
  const rootPid = root?.pid ?? scene.seen.root;
  const kinds = scene.waits
    .filter(({ thread }) => thread.pid === rootPid)
    .map(({ kind }) => kind)
    .toSorted();
  const place = root?.place?.replaceAll(/\d+/g, 'N') ?? '-';
  return [verdict.class, place, [...new Set(kinds)].join('+')].join(' | ');
}
