import { commandLine } from '../../process/member.ts';
import {
  type ProcStat,
  readProcDirectory,
  readProcFile,
  readProcLink,
  parseProcStat,
} from '../../process/proc-stat.ts';
import { sampleThread, type ThreadSample } from './thread-sample.ts';

/** Which signals a process has pending, blocks, ignores and catches; bit 0 is signal 1. */
interface SignalMasks {
  readonly pending: bigint;
  readonly blocked: bigint;
  readonly ignored: bigint;
  readonly caught: bigint;
}

/** One process with its threads at one moment. */
export interface ProcessSample extends ProcStat {
  /** Its command line; its name in brackets where it shows none. */
  readonly commandLine: string;
  /** The program that it runs; null where that may not be read. */
  readonly executable: string | null;
  readonly threadList: readonly ThreadSample[];
  /** How many threads there are beyond those that are listed. */
  readonly moreThreads: number;
  readonly signals: SignalMasks;
  /** The pid that traces it; 0 for nobody. */
  readonly tracer: number;
  /** Bytes and calls of read(2) and write(2) and the like; null where they may not be read. */
  readonly io: IoCounters | null;
  /** Its controlling terminal, by number, and the process group in the foreground there. */
  readonly terminal?: { readonly device: number; readonly foreground: number };
  /** Resident memory, KiB. */
  readonly residentKiB: number;
  /** Page faults of the children that it has waited for: it grows with each of them. */
  readonly faultsOfChildren?: number;
  /** Timers by timer_create(2), which `/proc/PID/timers` shows; those of setitimer(2) never show. */
  readonly timers?: number;
  /** When it was sampled, milliseconds of performance.now(): a large tree takes a while. */
  readonly atMs: number;
}

/** What a process has read and written since it began (proc_pid_io(5)). */
interface IoCounters {
  readonly read: number;
  readonly written: number;
  /** Calls, those that moved nothing included; recv(2) and send(2) are not among them. */
  readonly readCalls?: number;
  readonly writeCalls?: number;
}

/** So many threads of a process are looked at. */
const MOST_THREADS = 1_000;

/** Reads a process without touching it; null where it is gone. */
export function sampleProcess(pid: number): ProcessSample | null {
  const line = readProcFile(`/proc/${pid}/stat`);
  const stat = line === null ? null : parseProcStat(line);
  if (line === null || stat === null) return null;
  const status = readProcFile(`/proc/${pid}/status`) ?? '';
  const tids = readProcDirectory(`/proc/${pid}/task`).map(Number);
  return {
    ...stat,
    atMs: performance.now(),
    commandLine: commandLine(pid) ?? `[${stat.command}]`,
    executable: readProcLink(`/proc/${pid}/exe`),
    threadList: tids.slice(0, MOST_THREADS).flatMap((tid) => sampleThread(pid, tid) ?? []),
    moreThreads: Math.max(0, tids.length - MOST_THREADS),
    signals: {
      pending: mask(status, 'SigPnd') | mask(status, 'ShdPnd'),
      blocked: mask(status, 'SigBlk'),
      ignored: mask(status, 'SigIgn'),
      caught: mask(status, 'SigCgt'),
    },
    tracer: Number(/^TracerPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0),
    io: ioOf(pid),
    ...terminalOf(pid),
    residentKiB: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0),
    faultsOfChildren: faultsOfChildren(line),
    timers: (readProcFile(`/proc/${pid}/timers`)?.match(/^ID: /gm) ?? []).length,
  };
}

/** cminflt, the 11th field of stat; the name before it may hold anything. */
function faultsOfChildren(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[8] ?? 0);
}

/** tty_nr and tpgid, the 7th and 8th field of stat; 0 stands for no terminal. */
function terminalOf(pid: number): Pick<ProcessSample, 'terminal'> {
  const stat = readProcFile(`/proc/${pid}/stat`) ?? '';
  const [device = 0, foreground = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(4, 6)
    .map(Number);
  return device === 0 ? {} : { terminal: { device, foreground } };
}

/** Whether a signal is in a mask. */
export function hasSignal(signals: bigint, number: number): boolean {
  return ((signals >> BigInt(number - 1)) & 1n) === 1n;
}

function mask(status: string, key: string): bigint {
  const found = new RegExp(`^${key}:\\s+([0-9a-f]+)$`, 'm').exec(status)?.[1];
  return BigInt(`0x${found ?? '0'}`);
}

function ioOf(pid: number): ProcessSample['io'] {
  const text = readProcFile(`/proc/${pid}/io`);
  if (text === null) return null;
  const after = (key: string): number =>
    Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    read: after('rchar'),
    written: after('wchar'),
    readCalls: after('syscr'),
    writeCalls: after('syscw'),
  };
}
