import { statSync } from 'node:fs';
import { isSystemError } from '../../core/errors.ts';
import { readProcFile } from '../../process/proc-stat.ts';

/** Whether a path leads to a FIFO. It is not opened: that would wake whoever waits for a partner. */
export function isFifo(path: string): boolean {
  try {
    return statSync(path).isFIFO();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

const REMOTE = /^(?:9p|afs|ceph|cifs|fuse|gfs2|lustre|nfs|ocfs2|smb|virtiofs)/;

/**
 * The ids of a process's mounts whose server may be away, by proc_pid_mountinfo(5): stat(2) of what
 * lies there could hang ourselves.
 */
export function remoteMounts(pid: number): ReadonlySet<string> {
  return remoteMountsIn(readProcFile(`/proc/${pid}/mountinfo`) ?? '');
}

/** The same of the text of such a file. */
export function remoteMountsIn(mountinfo: string): ReadonlySet<string> {
  return new Set(
    mountinfo.split('\n').flatMap((line) => {
      const [mount = '', type = ''] = line.split(' - ');
      return REMOTE.test(type) ? [mount.split(' ')[0] ?? ''] : [];
    }),
  );
}
