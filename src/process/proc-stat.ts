import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { isSystemError } from '../core/errors.ts';

/** What `/proc/PID/stat` says of a process (proc_pid_stat(5)); times in clock ticks. */
export interface ProcStat {
  readonly pid: number;
  readonly command: string;
  /** `R`, `S`, `D`, `Z`, `T`, `X`, … */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** User and system time of the process, without its children. */
  readonly cpuTicks: number;
  /** How many threads are left, the first one included even where it has ended. */
  readonly threads: number;
  /** Since boot; with the pid it identifies a process. */
  readonly startTime: number;
}

/** The stat of a process; null where it is gone or there is no `/proc`. */
export function readProcStat(pid: number): ProcStat | null {
  const line = readProcFile(`/proc/${pid}/stat`);
  return line === null ? null : parseProcStat(line);
}

/**
 * Parses one line of `/proc/PID/stat`. The command stands in parentheses and may itself hold
 * parentheses, spaces and newlines, so the fields are counted from the last one.
 */
export function parseProcStat(line: string): ProcStat | null {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = line.slice(close + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const stat = {
    pid: Number(line.slice(0, open)),
    command: line.slice(open + 1, close),
    state: fields[0] ?? '?',
    parent: field(4),
    group: field(5),
    session: field(6),
    cpuTicks: field(14) + field(15),
    threads: field(20),
    startTime: field(22),
  };
  return Number.isInteger(stat.startTime) && Number.isInteger(stat.pid) ? stat : null;
}

/**
 * A file of `/proc`, or null where its process is gone (`ENOENT`, `ESRCH`), is another user's
 * (`EACCES`, `EPERM`), or where there is no `/proc` at all.
 */
export function readProcFile(path: string): string | null {
  return unlessGone(() => readFileSync(path, 'utf8'));
}

/** Where a link of `/proc` leads; null as for {@link readProcFile}. */
export function readProcLink(path: string): string | null {
  return unlessGone(() => readlinkSync(path));
}

/** The names in a directory of `/proc`; none as for {@link readProcFile}. */
export function readProcDirectory(path: string): string[] {
  return unlessGone(() => readdirSync(path)) ?? [];
}

function unlessGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error) && GONE_OR_FOREIGN.has(error.code)) return null;
    throw error;
  }
}

const GONE_OR_FOREIGN: ReadonlySet<string> = new Set([
  'ENOENT',
  'ESRCH',
  'EACCES',
  'EPERM',
  'ENOTDIR',
  'EINVAL',
]);

/** Whether a process has that one among its ancestors. */
export function descendsFrom({ parent }: Pick<ProcStat, 'parent'>, ancestor: number): boolean {
  const met = new Set<number>();
  for (let pid = parent; pid > 0 && !met.has(pid); pid = readProcStat(pid)?.parent ?? 0) {
    if (pid === ancestor) return true;
    met.add(pid);
  }
  return false;
}

/** The kernel's id of this boot; null where it can't be read. */
export function bootId(): string | null {
  return readProcFile('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/**
 * Whether a process is over: a zombie, or not even that any more. The state is the first thread's,
 * which may have ended (pthread_exit(3)) while others live on.
 */
export function hasEnded({ state, threads }: ProcStat): boolean {
  return state === 'X' || (state === 'Z' && threads <= 1);
}

/** Whether a process with this pid and start time is there (a zombie is not). */
export function isAlive(pid: number, startTime: number | null): boolean {
  const stat = readProcStat(pid);
  if (stat !== null) {
    return !hasEnded(stat) && (startTime === null || stat.startTime === startTime);
  }
  return startTime === null && signalProcess(pid, 0) !== 'gone';
}

/**
 * Sends a signal; a negative pid means the process group. `gone`: there was nobody to take it
 * (`ESRCH`). `refused`: it is not ours (`EPERM`).
 */
export function signalProcess(
  pid: number,
  signal: NodeJS.Signals | 0,
): 'sent' | 'gone' | 'refused' {
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    if (isSystemError(error) && error.code === 'ESRCH') return 'gone';
    if (isSystemError(error) && error.code === 'EPERM') return 'refused';
    throw error;
  }
}
