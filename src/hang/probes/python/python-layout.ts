import type { TargetMemory } from '../native/target-memory.ts';

/**
 * Where CPython keeps what leads to a thread's lines: offsets in bytes within its structures on a
 * 64-bit machine, from `Include/internal/pycore_*.h` and `Include/cpython/` of each version.
 */
export interface PythonLayout {
  readonly runtime: { readonly interpreters: number };
  readonly interpreter: { readonly next: number; readonly threads: number };
  /** The interpreter lock: a part of the runtime, or what an interpreter points to. */
  readonly gil: {
    readonly in: 'runtime' | 'interpreter';
    readonly at: number;
    readonly holder: number;
    readonly locked: number;
  };
  readonly thread: {
    readonly next: number;
    readonly id: number;
    /** Null before 3.11, which knows threads by their pthread_t alone. */
    readonly nativeId: number | null;
    readonly frame: number;
    /** Within what `frame` points to, in 3.11 and 3.12; null where that is the frame itself. */
    readonly through: number | null;
  };
  readonly frame: {
    readonly previous: number;
    readonly code: number;
    readonly instruction: number;
    /** Null where every frame is one of Python code. */
    readonly owner: number | null;
  };
  readonly stack: StackLayout;
  readonly code: {
    readonly file: number;
    readonly name: number;
    readonly firstLine: number;
    readonly lines: number;
  };
  /** How the instruction is told, and the lines are written. */
  readonly lines: 'lnotab' | 'linetable' | 'locations';
  /** Where the letters of a text begin that is in ASCII, and of another. */
  readonly text: { readonly ascii: number; readonly other: number };
}

/** Where a frame keeps its values, and what tells how many of them count. */
export type StackLayout =
  | {
      readonly kind: 'blocks';
      readonly values: number;
      readonly count: number;
      readonly blocks: number;
    }
  | {
      readonly kind: 'exception-table';
      readonly locals: number;
      readonly localCount: number;
      readonly table: number;
      readonly instructions: number;
    };

/** The interpreter lock's structure, all of it: the times, two conditions, two mutexes. */
export const GIL_BYTES = 216;

/** A frame that only stands for a call from C, since 3.12 (FRAME_OWNED_BY_CSTACK). */
export const OWNED_BY_C = 3;

const BEFORE_3_11 = {
  runtime: { interpreters: 32 },
  interpreter: { next: 0, threads: 8 },
  thread: { next: 8, id: 176, nativeId: null, frame: 24, through: null },
  code: { file: 104, name: 112, firstLine: 40, lines: 120 },
  text: { ascii: 48, other: 72 },
} as const;

const PYTHON_3_9: PythonLayout = {
  ...BEFORE_3_11,
  gil: { in: 'runtime', at: 352, holder: 8, locked: 16 },
  frame: { previous: 24, code: 32, instruction: 104, owner: null },
  stack: { kind: 'blocks', values: 64, count: 112, blocks: 120 },
  lines: 'lnotab',
};

const LAYOUTS: Readonly<Record<string, PythonLayout>> = {
  '3.8': { ...PYTHON_3_9, gil: { in: 'runtime', at: 1152, holder: 8, locked: 16 } },
  '3.9': PYTHON_3_9,
  '3.10': {
    ...PYTHON_3_9,
    frame: { previous: 24, code: 32, instruction: 96, owner: null },
    stack: { kind: 'blocks', values: 64, count: 104, blocks: 112 },
    lines: 'linetable',
  },
  '3.11': {
    runtime: { interpreters: 40 },
    interpreter: { next: 0, threads: 16 },
    gil: { in: 'runtime', at: 360, holder: 8, locked: 16 },
    thread: { next: 8, id: 152, nativeId: 160, frame: 56, through: 8 },
    frame: { previous: 48, code: 32, instruction: 56, owner: null },
    stack: { kind: 'exception-table', locals: 72, localCount: 76, table: 40, instructions: 184 },
    code: { file: 112, name: 128, firstLine: 72, lines: 136 },
    lines: 'locations',
    text: { ascii: 48, other: 72 },
  },
  '3.12': {
    runtime: { interpreters: 40 },
    interpreter: { next: 0, threads: 72 },
    gil: { in: 'interpreter', at: 384, holder: 8, locked: 16 },
    thread: { next: 8, id: 136, nativeId: 144, frame: 56, through: 0 },
    frame: { previous: 8, code: 0, instruction: 56, owner: 70 },
    stack: { kind: 'exception-table', locals: 72, localCount: 72, table: 40, instructions: 192 },
    code: { file: 112, name: 128, firstLine: 68, lines: 136 },
    lines: 'locations',
    text: { ascii: 40, other: 56 },
  },
};

/** `_Py_DebugOffsets` begins with this, since 3.13. */
const COOKIE = 'xdebugpy';

/**
 * The layout of a runtime: by the table that it brings itself in 3.13, else by its version. Null
 * for a version that is not known.
 *
 * @param version such as `3.11`
 */
export function pythonLayout(
  version: string,
  memory: TargetMemory,
  runtime: number,
): PythonLayout | null {
  return version === '3.13' ? fromItself(memory, runtime) : (LAYOUTS[version] ?? null);
}

/** Python 3.13's `_Py_DebugOffsets` (pycore_runtime.h), each entry 8 bytes. */
function fromItself(memory: TargetMemory, runtime: number): PythonLayout | null {
  if (memory.bytes(runtime, COOKIE.length).toString('latin1') !== COOKIE) return null;
  const entry = (index: number): number => memory.pointer(runtime + 8 * index);
  const isFreeThreaded = entry(2) !== 0;
  if (isFreeThreaded) return null;
  return {
    runtime: { interpreters: entry(5) },
    interpreter: { next: entry(8), threads: entry(9) },
    gil: { in: 'interpreter', at: entry(14), holder: entry(18), locked: entry(17) },
    thread: {
      next: entry(21),
      id: entry(24),
      nativeId: entry(25),
      frame: entry(23),
      through: null,
    },
    frame: {
      previous: entry(29),
      code: entry(30),
      instruction: entry(31),
      owner: entry(33),
    },
    // The table does not tell where a code object has its exception table and counts its locals.
    stack: {
      kind: 'exception-table',
      locals: entry(32),
      localCount: 72,
      table: 40,
      instructions: entry(43),
    },
    code: { file: entry(35), name: entry(37), firstLine: entry(39), lines: entry(38) },
    lines: 'locations',
    text: { ascii: 40, other: 56 },
  };
}
