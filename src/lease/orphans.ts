import { readProcDirectory, readProcLink } from '../process/proc-stat.ts';

/**
 * Whether a process has a file open that was at this path and was removed since: proc_pid_fd(5)
 * shows it so. Of the processes of other users nothing can be seen. Reads every descriptor of every
 * process: tens of milliseconds on a busy machine, for a file that is new.
 *
 * @param path absolute and without links, as the kernel knows it
 */
export function hasOrphans(path: string): boolean {
  const removed = `${path} (deleted)`;
  return readProcDirectory('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) =>
      readProcDirectory(`/proc/${pid}/fd`).some(
        (fd) => readProcLink(`/proc/${pid}/fd/${fd}`) === removed,
      ),
    );
}
