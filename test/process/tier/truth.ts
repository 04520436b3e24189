import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { isSystemError } from '../../../src/core/errors.ts';

/** A process by what it says of itself, whatever Pindown makes of it. */
export interface TrueProcess {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: number;
}

/** What a program has written about the processes that it leaves behind. */
export function readTruth(file: string): TrueProcess[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [pid, startTime] = line.split(' ').map(Number);
      if (!Number.isInteger(pid) || !Number.isInteger(startTime)) {
        throw new Error(`Expected a pid and a start time, got ${line}`);
      }
      return { pid: pid!, startTime: startTime! };
    });
}

/**
 * Whether it is still there; on purpose not by what `src/process/` has for it. A zombie is not,
 * unless only its first thread has ended.
 */
export function isThere({ pid, startTime }: TrueProcess): boolean {
  const fields = statOf(pid);
  return fields !== null && Number(fields[19]) === startTime && !isZombie(fields);
}

/** Kills it, and nobody who may have its pid by now. */
export function endTrue(process_: TrueProcess): void {
  if (isThere(process_)) process.kill(process_.pid, 'SIGKILL');
}

/** The living processes whose working directory it is. */
export function pidsIn(directory: string): number[] {
  return processesWith(({ cwd }) => cwd === directory);
}

/** The living processes that what they show of themselves speaks for; of a hidden one, nothing. */
export function processesWith(
  speaks: (shown: { readonly cwd: string; readonly environment: string }) => boolean,
): number[] {
  return pids().filter((pid) => {
    const fields = statOf(pid);
    if (fields === null || isZombie(fields)) return false;
    const cwd = unlessGone(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '';
    const environment = unlessGone(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ?? '';
    return speaks({ cwd, environment });
  });
}

/** Whether a process that never stays the same one holds its lock on the file (flock(1)). */
export function isHeld(file: string): boolean {
  const { status } = spawnSync('flock', ['--nonblock', file, 'true']);
  if (status !== 0 && status !== 1) throw new Error(`flock ended with ${status} for ${file}`);
  return status === 1;
}

/** The ended children of this process for which nobody has waited. */
export function ownZombies(): number[] {
  return pids().filter((pid) => {
    const fields = statOf(pid);
    return fields !== null && Number(fields[1]) === process.pid && isZombie(fields);
  });
}

/** Fields of `/proc/PID/stat` from the third, the state, on. */
export function statOf(pid: number): string[] | null {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isZombie(fields: readonly string[]): boolean {
  return fields[0] === 'Z' && Number(fields[17]) <= 1;
}

function pids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function unlessGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const gone = isSystemError(error) && ['ENOENT', 'ESRCH', 'EACCES'].includes(error.code);
    if (gone) return null;
    throw error;
  }
}
