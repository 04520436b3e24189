import { type ProcStat, readProcDirectory } from './proc-stat.ts';

/**
 * The directory of `/proc` that shows the files and the environment of a process: its own, or,
 * where its first thread has ended and so has given up its share of them, another thread's.
 */
export function shownBy({ pid, state }: Pick<ProcStat, 'pid' | 'state'>): string {
  const own = `/proc/${pid}`;
  if (state !== 'Z') return own;
  const other = readProcDirectory(`${own}/task`).find((thread) => thread !== String(pid));
  return other === undefined ? own : `${own}/task/${other}`;
}
