import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcStat } from '../../src/process/proc-stat.ts';

/**
 * Waits until whatever starts is younger than that process by its start time, which the kernel
 * counts in hundredths of a second.
 */
export async function tickAfter(pid: number): Promise<void> {
  const startTime = readProcStat(pid)?.startTime ?? 0;
  while (Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 100 < startTime + 2) {
    await delay(10);
  }
}
