import { readProcFile } from './proc-stat.ts';

/** One living process that belongs to an attempt. */
export interface Member {
  readonly pid: number;
  /** Clock ticks since boot; null where it can't be read. */
  readonly startTime: number | null;
  readonly command: string;
  readonly parent: number | null;
  /** How it was recognised, such as `process group` or `environment`. */
  readonly foundBy: readonly string[];
}

const COMMAND_LENGTH = 500;

/** The command line of a process; null where it shows none (a zombie, a kernel thread). */
export function commandLine(pid: number): string | null {
  const raw = readProcFile(`/proc/${pid}/cmdline`);
  if (raw === null || raw === '') return null;
  return raw
    .replaceAll(/[\s\0]+/g, ' ')
    .trim()
    .slice(0, COMMAND_LENGTH);
}

/** A member as one and the same process: a pid alone may come back as somebody else's. */
export function memberKey({ pid, startTime }: Pick<Member, 'pid' | 'startTime'>): string {
  return `${pid}:${startTime ?? ''}`;
}
