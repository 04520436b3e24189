import { fileSize } from '../core/file-ends.ts';
import { readProcFile, readProcStat } from '../process/proc-stat.ts';

/** What an attempt's processes had done by one moment; any difference is progress. */
export interface ProgressSample {
  /** Bytes of output and of results. */
  readonly written: number;
  /** Clock ticks of CPU over all members. */
  readonly cpuTicks: number;
  /** Bytes read and written by read(2) and write(2), by `/proc/PID/io`. */
  readonly ioBytes: number;
  /** Pids of the members: a new process is progress. */
  readonly members: readonly number[];
}

/** Samples processes, by their pids, and the files that they write, without touching them. */
export function sampleProgress(
  members: readonly number[],
  files: readonly string[],
): ProgressSample {
  let cpuTicks = 0;
  let ioBytes = 0;
  for (const pid of members) {
    cpuTicks += readProcStat(pid)?.cpuTicks ?? 0;
    ioBytes += ioOf(pid);
  }
  return {
    written: files.reduce((sum, file) => sum + fileSize(file), 0),
    cpuTicks,
    ioBytes,
    members,
  };
}

function ioOf(pid: number): number {
  const text = readProcFile(`/proc/${pid}/io`) ?? '';
  let sum = 0;
  for (const match of text.matchAll(/^(?:rchar|wchar): (\d+)$/gm)) sum += Number(match[1]);
  return sum;
}

/** CPU of a timer that fires now and then is not progress: one tick in a hundred is let pass. */
const IDLE_CPU_SHARE = 0.01;
const TICKS_PER_SECOND = 100;

/**
 * What moved between two samples, in words; empty where nothing did.
 *
 * @param windowMs the time between the two
 */
export function progressBetween(
  before: ProgressSample,
  after: ProgressSample,
  windowMs: number,
): string[] {
  const moved: string[] = [];
  if (after.written > before.written)
    moved.push(`${after.written - before.written} bytes of output`);
  const ticks = after.cpuTicks - before.cpuTicks;
  if (ticks > Math.max(1, (windowMs / 1000) * TICKS_PER_SECOND * IDLE_CPU_SHARE)) {
    moved.push(`${((ticks / TICKS_PER_SECOND) * 1000).toFixed(0)} ms of CPU`);
  }
  if (after.ioBytes > before.ioBytes) moved.push(`${after.ioBytes - before.ioBytes} bytes of I/O`);
  const known = new Set(before.members);
  const born = after.members.filter((pid) => !known.has(pid)).length;
  if (born > 0) moved.push(`${born} new processes`);
  const there = new Set(after.members);
  const ended = before.members.filter((pid) => !there.has(pid)).length;
  if (ended > 0) moved.push(`${ended} processes that ended`);
  return moved;
}
