import { ownGroupPaths } from '../own-group-paths.ts';
import { CgroupDirectory } from './cgroup-directory.ts';

/** This process's own groups in which others can be made, version 2 first. */
export function ownCgroups(): CgroupDirectory[] {
  return ownGroupPaths('freezer').map(({ path, version }) => new CgroupDirectory(path, version));
}
