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
export function timedWait({ call, thread }: Blocked): Decoded | null {
  const name = call.name ?? '';
  if (SLEEPS.has(name)) return timed(`sleeps (${name})`);
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
  if (limit.unit === 'pointer') return timed(`${name} with a time limit`);
  const limitMs = asInt(value);
  return { ...timed(`${name} with a time limit of ${limitMs} ms`), limitMs };
}

function timed(what: string): Decoded {
  return { kind: 'time', what, sources: [{ kind: 'time', via: what }] };
}

/** The lower 32 bits, signed, as the kernel takes an int. */
export function asInt(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
