// Preloaded into Pindown: on its exit it writes what the kernel says of its memory to a file.
// VmHWM (proc_pid_status(5)) belongs to this program alone; getrusage(2)'s maximum also counts
// what the process was before exec(2), a copy of its parent.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.PEAK_MEMORY_FILE;
delete process.env.PEAK_MEMORY_FILE;
process.once('exit', () => {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const { user, system } = process.cpuUsage();
  writeFileSync(
    file,
    JSON.stringify({ peakKb: Number(kilobytes), cpuMs: (user + system) / 1_000 }),
  );
});
