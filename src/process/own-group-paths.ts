import { resolve } from 'node:path';
import { readProcFile } from './proc-stat.ts';

/** A control group that this process is in. */
export interface OwnGroup {
  readonly version: 1 | 2;
  /** Its directory, absolute. */
  readonly path: string;
}

/**
 * This process's own control groups of a kind, version 2 first.
 *
 * @param controller of version 1, whose hierarchies are one for each (cgroups(7))
 */
export function ownGroupPaths(controller: 'freezer' | 'memory'): OwnGroup[] {
  const mounts = readProcFile('/proc/self/mountinfo') ?? '';
  const memberships = readProcFile('/proc/self/cgroup') ?? '';
  const groups: OwnGroup[] = [];
  for (const version of [2, 1] as const) {
    const path = ownPath(memberships, version, controller);
    const mount = mountOf(mounts, version, controller);
    if (path === null || mount === null) continue;
    groups.push({ version, path: resolve(mount.point, `.${below(mount.root, path)}`) });
  }
  return groups;
}

/** `0::/path` for version 2, `6:freezer:/path` for version 1 (cgroups(7)). */
function ownPath(memberships: string, version: 1 | 2, controller: string): string | null {
  for (const line of memberships.split('\n')) {
    const [, id, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const fits = version === 2 ? id === '0' : controllers?.split(',').includes(controller);
    if (fits === true) return path;
  }
  return null;
}

/** The place and the root of the hierarchy's mount (proc_pid_mountinfo(5), fields 4 and 5). */
function mountOf(
  mounts: string,
  version: 1 | 2,
  controller: string,
): { readonly root: string; readonly point: string } | null {
  for (const line of mounts.split('\n')) {
    const [before, after] = line.split(' - ');
    const [type, , options] = after?.split(' ') ?? [];
    const fits =
      version === 2
        ? type === 'cgroup2'
        : type === 'cgroup' && options?.split(',').includes(controller) === true;
    const [, , , root, point] = before?.split(' ') ?? [];
    if (fits && root !== undefined && point !== undefined) return { root, point };
  }
  return null;
}

/** In a container the mount shows only the part of the hierarchy below the container's root. */
function below(root: string, path: string): string {
  return root !== '/' && path.startsWith(root) ? path.slice(root.length) : path;
}
