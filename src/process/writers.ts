import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { commandLine } from './member.ts';
import { readProcDirectory, readProcFile, readProcLink } from './proc-stat.ts';

/** So many are named. */
const MOST = 5;

/**
 * Who holds a file open for writing: `pid 123 (cc1)`. Only processes that this one may look into
 * are seen, and only those that still hold it.
 */
export function writersOf(path: string): readonly string[] {
  const real = realPath(path);
  const found: string[] = [];
  for (const pid of readProcDirectory('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const held = readProcDirectory(`/proc/${pid}/fd`).some(
      (fd) => readProcLink(`/proc/${pid}/fd/${fd}`) === real && isForWriting(pid, fd),
    );
    if (held) found.push(`pid ${pid} (${commandLine(Number(pid)) ?? 'no command line'})`);
    if (found.length === MOST) break;
  }
  return found;
}

/** The access mode is in the two lowest bits of `flags` (octal; proc_pid_fdinfo(5)). */
function isForWriting(pid: string, fd: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readProcFile(join('/proc', pid, 'fdinfo', fd)) ?? '');
  return (Number.parseInt(flags?.[1] ?? '0', 8) & 3) !== 0;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isSystemError(error)) return path;
    throw error;
  }
}
