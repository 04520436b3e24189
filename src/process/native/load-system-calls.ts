import { describeFault } from '../../core/errors.ts';
import { disproofOf } from './disproof-of.ts';
import { openKoffi } from './koffi-libc.ts';
import { LibcSystemCalls } from './libc-system-calls.ts';
import { openNodeFfi } from './node-ffi-libc.ts';
import type { SystemCalls, Unavailable } from './system-calls.ts';

/** In the order of preference: what Node has loads faster, and needs nothing to be installed. */
const WAYS = { 'node:ffi': openNodeFfi, koffi: openKoffi } as const;

/** Those whose memory layouts {@link LibcSystemCalls} knows. */
const ARCHITECTURES: ReadonlySet<string> = new Set(['x64', 'arm64']);

let loaded: SystemCalls | Unavailable | undefined;

/**
 * The system calls by the best way that this machine has, or why it has none. The first call takes
 * some milliseconds: it belongs where the calls are needed, not where modules are loaded.
 */
export function loadSystemCalls(): SystemCalls | Unavailable {
  loaded ??= load();
  return loaded;
}

function load(): SystemCalls | Unavailable {
  const reasons: string[] = [];
  for (const via of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
    const calls = openSystemCalls(via);
    if (typeof calls !== 'string') return calls;
    reasons.push(`${via}: ${calls}`);
  }
  return { via: null, because: `no way to the system calls (${reasons.join('; ')})` };
}

/**
 * The system calls by this way and no other.
 *
 * @returns why it is not to be had: words that follow its name
 */
export function openSystemCalls(via: SystemCalls['via']): SystemCalls | string {
  if (process.platform !== 'linux') return `the calls are Linux's, and this is ${process.platform}`;
  if (!ARCHITECTURES.has(process.arch)) return `not for ${process.arch}`;
  try {
    const libc = WAYS[via]();
    if (typeof libc === 'string') return libc;
    return disproofOf(libc) ?? new LibcSystemCalls(libc);
  } catch (error) {
    // Whatever it is (a file for another C library, `--permission`), it is why there is none.
    return describeFault(error);
  }
}
