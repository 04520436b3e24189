import { readFileSync } from 'node:fs';
import { isSystemError } from '../../../core/errors.ts';
import type { Member } from '../../../process/member.ts';
import { membersOfPidNamespace, pidNamespaceOf } from '../../../process/pid-namespace.ts';
import { isAlive, readProcFile, readProcStat, signalProcess } from '../../../process/proc-stat.ts';

/** Pid 1 of an attempt's pid namespace; everything in it dies with it (pid_namespaces(7)). */
export interface Init {
  /** Outside of the namespace. */
  readonly pid: number;
  readonly startTime: number;
  readonly namespace: string;
}

/** The init that the attempt's file names; null where it has none, or it is over. */
export function readInit(file: string): Init | null {
  const pid = Number(textOf(file));
  const stat = pid > 0 ? readProcStat(pid) : null;
  const namespace = stat === null ? null : pidNamespaceOf(pid);
  // The attempt could have written there itself: only who is pid 1 of another namespace counts.
  if (stat === null || namespace === null || !isFirstOfAnother(pid, namespace)) return null;
  return { pid, startTime: stat.startTime, namespace };
}

function isFirstOfAnother(pid: number, namespace: string): boolean {
  const inside = /^NSpid:.*\s(\d+)$/m.exec(readProcFile(`/proc/${pid}/status`) ?? '')?.[1];
  return inside === '1' && namespace !== pidNamespaceOf('self');
}

/** Who is in its namespace beside init itself and what it waits for, which share a session. */
export function membersBeside(init: Init): Member[] {
  return membersOfPidNamespace(init.namespace).filter(({ pid }) => !isOfInit(pid, init));
}

/** Whether it is init itself, or what that waits for. */
export function isOfInit(pid: number, init: Init): boolean {
  return pid === init.pid || readProcStat(pid)?.session === init.pid;
}

export function isThere(init: Init): boolean {
  return isAlive(init.pid, init.startTime);
}

/** Kills it; the kernel kills everybody else in its namespace before it is gone. */
export function killInit(init: Init): void {
  if (isThere(init)) signalProcess(init.pid, 'SIGKILL');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return '';
    throw error;
  }
}
