import { hrtime } from 'node:process';
import { readMemory } from '../observe/process-memory.ts';
import type { Blocked, Decoded } from './decoded.ts';

/** Where a call takes its time limit: which argument, and of what kind. */
type Limit =
  | { readonly argument: number; readonly unit: 'milliseconds' }
  /** A pointer; the call has no limit where it is null. */
  | { readonly argument: number; readonly unit: 'pointer' };

const LIMITS: Readonly<Record<string, Limit>> = {
  poll: { argument: 2, unit: 'milliseconds' },
  epoll_wait: { argument: 3, unit: 'milliseconds' },
  epoll_pwait: { argument: 3, unit: 'milliseconds' },
  epoll_pwait2: { argument: 3, unit: 'pointer' },
  ppoll: { argument: 2, unit: 'pointer' },
  select: { argument: 4, unit: 'pointer' },
  pselect6: { argument: 4, unit: 'pointer' },
  rt_sigtimedwait: { argument: 2, unit: 'pointer' },
  semtimedop: { argument: 3, unit: 'pointer' },
  io_getevents: { argument: 4, unit: 'pointer' },
  recvmmsg: { argument: 4, unit: 'pointer' },
};

const SLEEPS: ReadonlySet<string> = new Set(['nanosleep', 'clock_nanosleep']);

/** FUTEX_WAIT and FUTEX_WAIT_BITSET, FUTEX_LOCK_PI take a limit as their fourth argument. */
const FUTEX_COMMAND = 0x7f;
const FUTEX_WITH_LIMIT: ReadonlySet<number> = new Set([0, 6, 9, 11, 13]);

/** A wait that ends by itself at a time, whatever else it waits for. */
export function timedWait({ call, thread, process }: Blocked): Decoded | null {
  const name = call.name ?? '';
  if (SLEEPS.has(name)) return sleeping(name, process.pid, call.args);
  // Interrupted once, the kernel goes on with it under this name, and does not tell its arguments.
  if (name === 'restart_syscall' && /nanosleep|hrtimer/.test(thread.now.waitsIn ?? '')) {
    return timed('sleeps, and was interrupted before');
  }
  if (name === 'futex') {
    const command = Number(call.args[1] ?? 0n) & FUTEX_COMMAND;
    const limited = FUTEX_WITH_LIMIT.has(command) && call.args[3] !== 0n;
    return limited ? timed('waits on a futex with a time limit') : null;
  }
  const limit = LIMITS[name];
  const value = limit === undefined ? undefined : call.args[limit.argument];
  if (limit === undefined || value === undefined) return null;
  const hasLimit = limit.unit === 'pointer' ? value !== 0n : asInt(value) >= 0;
  if (!hasLimit) return null;
  if (limit.unit === 'pointer') return timed(`waits in ${name} with a time limit`);
  const limitMs = asInt(value);
  return { ...timed(`waits in ${name} with a time limit of ${limitMs} ms`), limitMs };
}

/** clock_nanosleep(2): until a time, and not for so long. */
const TIMER_ABSTIME = 1;
const CLOCK_MONOTONIC = 1;

/** How long it sleeps stands in its memory; how long it has still to sleep where that is a time. */
function sleeping(name: string, pid: number, args: readonly bigint[]): Decoded {
  const [clock = 0n, flags = 0n] = args;
  const isClock = name === 'clock_nanosleep';
  const spanMs = readTimespec(pid, (isClock ? args[2] : args[0]) ?? 0n);
  const untilTime = isClock && (asInt(flags) & TIMER_ABSTIME) !== 0;
  if (spanMs === null) return timed(`sleeps (${name})`);
  if (!untilTime) return { ...timed(`sleeps for ${seconds(spanMs)} (${name})`), limitMs: spanMs };
  if (asInt(clock) !== CLOCK_MONOTONIC) return timed(`sleeps until a time (${name})`);
  const leftMs = Math.max(0, spanMs - Number(hrtime.bigint() / 1_000_000n));
  return { ...timed(`sleeps for ${seconds(leftMs)} more (${name})`), limitMs: leftMs };
}

const TIMESPEC_BYTES = 16;

/** A `struct timespec` of a process, milliseconds; null where it may not be read. */
function readTimespec(pid: number, address: bigint): number | null {
  const bytes = readMemory(pid, address, TIMESPEC_BYTES);
  if (bytes === null) return null;
  const ms = Number(bytes.readBigInt64LE(0)) * 1_000 + Number(bytes.readBigInt64LE(8)) / 1e6;
  return ms >= 0 && Number.isFinite(ms) ? ms : null;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

function timed(what: string): Decoded {
  return { kind: 'time', what, sources: [{ kind: 'time', via: what }] };
}

/** The lower 32 bits, signed, as the kernel takes an int. */
export function asInt(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
