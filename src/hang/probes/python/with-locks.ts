import { type TargetMemory, UnreadableMemory } from '../native/target-memory.ts';
import type { Lock } from '../stack.ts';
import type { PythonFrame } from './python-frames.ts';
import type { PythonLayout, StackLayout } from './python-layout.ts';
import { pythonBytes, pythonType } from './python-text.ts';

/** `m_self` of a built-in function and `im_self` of a method. */
const SELF = 24;
/** `lock_lock` and `rlock_lock`: the semaphore, at which a thread waits (Modules/_threadmodule.c). */
const SEMAPHORE = 16;

const KINDS: Readonly<Record<string, string>> = {
  '_thread.lock': 'threading.Lock',
  '_thread.RLock': 'threading.RLock',
};

/**
 * The locks that a frame holds by `with`: for as long as its body runs, the bound `__exit__` of the
 * lock lies among the frame's values, at a depth that its code states.
 */
export function locksHeldIn(
  memory: TargetMemory,
  frame: PythonFrame,
  layout: PythonLayout,
): Lock[] {
  const { base, depth } = values(memory, frame, layout.stack);
  const locks: Lock[] = [];
  for (let index = 0; index < depth; index += 1) {
    const lock = lockBehind(memory, memory.pointer(base + 8 * index));
    if (lock !== null) locks.push(lock);
  }
  return locks;
}

/** How a lock is named: by where a thread that waits for it waits. */
export function lockAt(semaphore: number, kind: string): Lock {
  return { id: `0x${semaphore.toString(16)}`, kind };
}

/** A value that is no object (a small number, a stale pointer) is none of a lock's methods. */
function lockBehind(memory: TargetMemory, value: number): Lock | null {
  try {
    if (value === 0 || pythonType(memory, value) !== 'builtin_function_or_method') return null;
    const self = memory.pointer(value + SELF);
    const kind = KINDS[self === 0 ? '' : pythonType(memory, self)];
    return kind === undefined ? null : lockAt(memory.pointer(self + SEMAPHORE), kind);
  } catch (error) {
    if (error instanceof UnreadableMemory) return null;
    throw error;
  }
}

/** Beyond so many values a table was misread. */
const MOST_VALUES = 200;

/** Where a frame's values begin, and how many of them are sure to be there. */
function values(
  memory: TargetMemory,
  { address, code, offset }: PythonFrame,
  layout: StackLayout,
): { readonly base: number; readonly depth: number } {
  switch (layout.kind) {
    case 'blocks': {
      const base = memory.pointer(address + layout.values);
      const count = memory.int32(address + layout.count);
      // PyTryBlock: a type, a handler, and how many values there were before it.
      const last = address + layout.blocks + 12 * (count - 1);
      const depth = count > 0 ? memory.int32(last + 8) : 0;
      return { base, depth: Math.min(depth, MOST_VALUES) };
    }
    case 'exception-table': {
      const locals = memory.int32(code + layout.localCount);
      const table = pythonBytes(memory, memory.pointer(code + layout.table));
      return {
        base: address + layout.locals + 8 * locals,
        depth: Math.min(depthAt(table, offset / 2), MOST_VALUES),
      };
    }
  }
}

/** Of the handler that covers an instruction (Objects/exception_handling_notes.txt). */
function depthAt(table: Buffer, instruction: number): number {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let more = true; more && at < table.length; at += 1) {
      const byte = table.readUInt8(at);
      value = value * 64 + (byte & 0x3f);
      more = (byte & 0x40) !== 0;
    }
    return value;
  };
  while (at < table.length) {
    const start = next();
    const length = next();
    next();
    const depth = Math.floor(next() / 2);
    if (instruction >= start && instruction < start + length) return depth;
  }
  return 0;
}
