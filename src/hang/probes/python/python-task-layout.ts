/**
 * Where CPython keeps what leads to its suspended coroutines: offsets in bytes on a 64-bit machine,
 * from `Include/genobject.h`, `Include/internal/pycore_gc.h` and `pycore_frame.h` of each version.
 */
export interface PythonTaskLayout {
  /** The collector's three generations of objects, and those that `gc.freeze()` keeps. */
  readonly generations: { readonly in: 'runtime' | 'interpreter'; readonly at: number };
  /** The frame of a coroutine: within it, or what it points to. */
  readonly frame: { readonly at: number; readonly embedded: boolean };
  /** By which a coroutine is known to be suspended. */
  readonly suspended:
    | {
        readonly in: 'coroutine' | 'frame';
        readonly at: number;
        readonly values: readonly number[];
      }
    | { readonly in: 'stack' };
  /** What it awaits is the last of its frame's values. */
  readonly top:
    | { readonly kind: 'pointer'; readonly at: number }
    | { readonly kind: 'depth'; readonly at: number; readonly values: number }
    | { readonly kind: 'index'; readonly at: number; readonly values: number };
}

const PYTHON_3_12: PythonTaskLayout = {
  generations: { in: 'interpreter', at: 136 },
  frame: { at: 72, embedded: true },
  suspended: { in: 'coroutine', at: 67, values: [-1] },
  top: { kind: 'index', at: 64, values: 72 },
};

const PYTHON_3_9: PythonTaskLayout = {
  generations: { in: 'interpreter', at: 640 },
  frame: { at: 16, embedded: false },
  suspended: { in: 'stack' },
  top: { kind: 'pointer', at: 72 },
};

const LAYOUTS: Readonly<Record<string, PythonTaskLayout>> = {
  '3.8': { ...PYTHON_3_9, generations: { in: 'runtime', at: 368 } },
  '3.9': PYTHON_3_9,
  '3.10': {
    ...PYTHON_3_9,
    suspended: { in: 'frame', at: 108, values: [-1] },
    top: { kind: 'depth', at: 80, values: 64 },
  },
  '3.11': {
    generations: { in: 'interpreter', at: 672 },
    frame: { at: 80, embedded: true },
    suspended: { in: 'coroutine', at: 75, values: [-1] },
    top: { kind: 'index', at: 64, values: 72 },
  },
  '3.12': PYTHON_3_12,
  '3.13': {
    ...PYTHON_3_12,
    generations: { in: 'interpreter', at: 7_424 },
    suspended: { in: 'coroutine', at: 67, values: [-1, -2] },
  },
};

/** The layout of a version such as `3.11`; null for one that is not known. */
export function pythonTaskLayout(version: string): PythonTaskLayout | null {
  return LAYOUTS[version] ?? null;
}
