import { redact } from '../core/redact.ts';
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

/** So much is read: a secret that is cut in two is not recognised. */
const LOOKED_THROUGH = 4 * COMMAND_LENGTH;

/**
 * The command line of a process, without what looks like a secret: wherever it goes, it is kept.
 * Null where it shows none (a zombie, a kernel thread).
 */
export function commandLine(pid: number): string | null {
  const raw = readProcFile(`/proc/${pid}/cmdline`);
  if (raw === null || raw === '') return null;
  const words = raw.replaceAll(/[\s\0]+/g, ' ').trim();
  return redact(words.slice(0, LOOKED_THROUGH)).slice(0, COMMAND_LENGTH);
}

/** A member as one and the same process: a pid alone may come back as somebody else's. */
export function memberKey({ pid, startTime }: Pick<Member, 'pid' | 'startTime'>): string {
  return `${pid}:${startTime ?? ''}`;
}
