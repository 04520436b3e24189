import type { Observation, ObservedProcess, ObservedThread } from '../observe/observation.ts';
import { readMemory } from '../observe/process-memory.ts';
import type { Syscall } from '../observe/thread-sample.ts';
import type { Decoded } from './decoded.ts';
import type { Source } from './wait.ts';

/** clone(2): the caller waits until the child executes a program or ends. */
const CLONE_VFORK = 0x4000n;

/** State `D`: no signal gets through. A parent of vfork(2) looks so, too, and waits for its child. */
export function uninterruptibleWait(
  { now }: ObservedThread,
  process: ObservedProcess,
  seen: Observation,
): Decoded {
  // What a compiler made of a function has its name with a suffix.
  const where = now.waitsIn?.replace(/\.(?:isra|constprop|part)\..*$/, '') ?? 'the kernel';
  if (isVfork(process.pid, now.syscall) || /vfork/.test(where)) {
    return {
      kind: 'vfork',
      what: 'waits until its child executes a program or ends (vfork)',
      sources: vforked(process, seen),
    };
  }
  return {
    kind: 'uninterruptible',
    what: `can't be interrupted in ${where}`,
    place: where,
    sources: [{ kind: 'outside', pid: null, via: `a device or the kernel (${where})` }],
  };
}

function isVfork(pid: number, call: Syscall | null): boolean {
  if (call === null) return false;
  const [first = 0n] = call.args;
  switch (call.name) {
    case 'vfork':
      return true;
    case 'clone':
      return (first & CLONE_VFORK) !== 0n;
    case 'clone3': {
      // Its flags are the first member of what it is given.
      const flags = readMemory(pid, first, 8)?.readBigUInt64LE(0) ?? 0n;
      return (flags & CLONE_VFORK) !== 0n;
    }
    default:
      return false;
  }
}

/** Until it executes, the child of vfork is still the program of its parent. */
function vforked({ pid, now }: ObservedProcess, { processes }: Observation): Source[] {
  const via = 'the child of vfork';
  const children = [...processes.values()].filter(
    (child) => child.now.parent === pid && child.now.executable === now.executable,
  );
  if (children.length === 0) return [{ kind: 'unknown', via: `${via}, which was not seen` }];
  return children.map((child) => ({ kind: 'process', pid: child.pid, via }));
}
