import { parseProcStat, readProcFile } from '../../process/proc-stat.ts';
import { syscallName } from './syscall-names.ts';

/** The system call that a thread is in, as the kernel shows it (proc_pid_syscall(5)). */
export interface Syscall {
  readonly number: number;
  /** Null for one that is in no table of ours. */
  readonly name: string | null;
  /** All six registers, whether the call takes so many or not. */
  readonly args: readonly bigint[];
}

/** One thread at one moment. */
export interface ThreadSample {
  readonly tid: number;
  /** By which its own process knows it, which may be in a pid namespace of its own. */
  readonly ownTid?: number;
  readonly name: string;
  /** `R`, `S`, `D`, `T`, `t`, `Z`, … */
  readonly state: string;
  /** The kernel function that it sleeps in; null where that is not shown, or it does not sleep. */
  readonly waitsIn: string | null;
  /** Null where it is in none, or may not be read. */
  readonly syscall: Syscall | null;
  /** Time on a processor, nanoseconds; null where the kernel does not count it. */
  readonly cpuNs: number | null;
  /** Time for which it could have run and had no processor, nanoseconds. */
  readonly runDelayNs: number | null;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  /** Time on a processor in clock ticks, by where it went: the program itself, or the kernel. */
  readonly ticks?: { readonly user: number; readonly system: number };
}

/** Reads a thread without touching it; null where it is gone. */
export function sampleThread(pid: number, tid: number): ThreadSample | null {
  const dir = `/proc/${pid}/task/${tid}`;
  const line = readProcFile(`${dir}/stat`);
  const stat = line === null ? null : parseProcStat(line);
  if (stat === null) return null;
  const status = readProcFile(`${dir}/status`) ?? '';
  const [cpuNs, runDelayNs] = (readProcFile(`${dir}/schedstat`) ?? '').split(' ').map(Number);
  return {
    tid,
    ownTid: Number(/^NSpid:.*\s(\d+)$/m.exec(status)?.[1] ?? tid),
    name: stat.command,
    state: stat.state,
    waitsIn: waitsIn(readProcFile(`${dir}/wchan`)),
    syscall: parseSyscall(readProcFile(`${dir}/syscall`)),
    cpuNs: counted(cpuNs),
    runDelayNs: counted(runDelayNs),
    voluntarySwitches: numberAfter(status, 'voluntary_ctxt_switches'),
    involuntarySwitches: numberAfter(status, 'nonvoluntary_ctxt_switches'),
    ticks: ticksIn(line ?? ''),
  };
}

/** utime and stime, the 14th and 15th field; the name before them may hold anything. */
function ticksIn(stat: string): { user: number; system: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { user: Number(fields[11] ?? 0), system: Number(fields[12] ?? 0) };
}

/** `0` stands for "in none" or "not for you". */
function waitsIn(text: string | null): string | null {
  return text === null || text === '' || text === '0' ? null : text.trim();
}

/** `running`, `-1 SP PC` for one that is blocked in no call, or `NUMBER ARG{6} SP PC`. */
function parseSyscall(text: string | null): Syscall | null {
  const words = text?.trim().split(' ') ?? [];
  if (words.length < 7) return null;
  const number = Number(words[0]);
  if (number < 0) return null;
  // A thread of the kernel has no stack of its own, and zeros that would be a read of descriptor 0.
  if (words[7] === '0x0' && words[8] === '0x0') return null;
  return { number, name: syscallName(number), args: words.slice(1, 7).map(BigInt) };
}

function numberAfter(status: string, key: string): number {
  const found = new RegExp(`^${key}:\\s+(\\d+)$`, 'm').exec(status);
  return Number(found?.[1] ?? 0);
}

function counted(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
