/**
 * Looks at a tree of so many processes that hangs, as often as it is told, and prints what each look
 * took. A process of its own, whose memory is that of looking alone.
 *
 *     node bench/look-worker.ts PROCESSES LOOKS
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { lookAt, treeOf } from '../src/hang/look.ts';
import { descendantsOf } from '../src/process/descendants.ts';

/** One look: milliseconds. */
export interface HangLook {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly found: number;
  readonly proven: boolean;
}

export interface HangLooksTaken {
  /** The first one meets cold code, as that of `pindown hang` does. */
  readonly looks: readonly HangLook[];
  /** The most memory that was resident, MiB: Node itself included. */
  readonly peakMib: number;
}

/** A shell and its `cat`s, which all read a pipe that nobody but they could write to. */
const script = (processes: number): string =>
  `exec 3<> <(:); wait; for i in $(seq ${processes - 1}); do cat <&3 & done; wait`;

async function main(): Promise<void> {
  const [processes = 0, looks = 0] = process.argv.slice(2).map(Number);
  const shell = spawn('bash', ['-c', script(processes)], { detached: true, stdio: 'ignore' });
  await once(shell, 'spawn');
  const pid = shell.pid ?? 0;
  try {
    while (descendantsOf(pid).found.length < processes - 1) await delay(50);
    // The last of them has still to become cat(1), and to read.
    await delay(300);
    const taken: HangLook[] = [];
    for (let count = 0; count < looks; count += 1) taken.push(await look(pid));
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    const result: HangLooksTaken = { looks: taken, peakMib: Math.round(Number(peak) / 1024) };
    process.stdout.write(JSON.stringify(result));
  } finally {
    process.kill(-pid, 'SIGKILL');
  }
}

async function look(pid: number): Promise<HangLook> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  const { proven, scene } = await lookAt(treeOf(pid));
  const wallMs = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1_000, found: scene.seen.processes.size, proven };
}

await main();
