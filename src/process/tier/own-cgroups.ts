import { resolve } from 'node:path';
import { readProcFile } from '../proc-stat.ts';
import { CgroupDirectory, type CgroupVersion } from './cgroup-directory.ts';

/** This process's own groups in which others can be made, version 2 first. */
export function ownCgroups(): CgroupDirectory[] {
  const mounts = readProcFile('/proc/self/mountinfo') ?? '';
  const memberships = readProcFile('/proc/self/cgroup') ?? '';
  const groups: CgroupDirectory[] = [];
  for (const version of [2, 1] as const) {
    const path = ownPath(memberships, version);
    const mount = mountOf(mounts, version);
    if (path === null || mount === null) continue;
    groups.push(new CgroupDirectory(resolve(mount.point, `.${below(mount.root, path)}`), version));
  }
  return groups;
}

/** `0::/path` for version 2, `6:freezer:/path` for version 1 (cgroups(7)). */
function ownPath(memberships: string, version: CgroupVersion): string | null {
  const line =
    version === 2
      ? /^0::(.*)$/m.exec(memberships)
      : /^\d+:(?:[^:\n]*,)?freezer(?:,[^:\n]*)?:(.*)$/m.exec(memberships);
  return line?.[1] ?? null;
}

/** The place and the root of the hierarchy's mount (proc_pid_mountinfo(5), fields 4 and 5). */
function mountOf(
  mounts: string,
  version: CgroupVersion,
): { readonly root: string; readonly point: string } | null {
  for (const line of mounts.split('\n')) {
    const [before, after] = line.split(' - ');
    const [type, , options] = after?.split(' ') ?? [];
    const fits =
      version === 2
        ? type === 'cgroup2'
        : type === 'cgroup' && options?.split(',').includes('freezer') === true;
    const [, , , root, point] = before?.split(' ') ?? [];
    if (fits && root !== undefined && point !== undefined) return { root, point };
  }
  return null;
}

/** In a container the mount shows only the part of the hierarchy below the container's root. */
function below(root: string, path: string): string {
  return root !== '/' && path.startsWith(root) ? path.slice(root.length) : path;
}
