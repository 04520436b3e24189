import { elfSymbols } from '../native/elf-symbols.ts';
import { mappedFiles } from '../native/mapped-files.ts';
import type { TargetMemory } from '../native/target-memory.ts';

/** Where a process has its CPython. */
export interface PythonRuntime {
  /** The address of `_PyRuntime`. */
  readonly address: number;
  /** Such as `3.11`. */
  readonly version: string;
  /** The addresses of the types by which an object is known for what it is. */
  readonly codeType: number;
  readonly coroutineType: number | null;
}

const NAME = /\/(?:lib)?python(\d+\.\d+)[a-z]*(?:\.so[.\d]*)?$/;
const SYMBOLS = ['_PyRuntime', 'Py_Version', 'PyCode_Type', 'PyCoro_Type'];

/** The program or the library of a process that may be a CPython, by its name. */
export function mayBePython(path: string): boolean {
  return NAME.test(path) || /\/python3?$/.test(path);
}

/** Finds the runtime in a process by the symbols of the files that it has mapped; null for none. */
export function pythonRuntime(pid: number, memory: TargetMemory): PythonRuntime | null {
  for (const { path, start } of mappedFiles(pid)) {
    if (!mayBePython(path)) continue;
    // As the process sees the path, who may have a root of its own.
    const symbols = elfSymbols(`/proc/${pid}/root${path}`, SYMBOLS) ?? elfSymbols(path, SYMBOLS);
    const at = symbols?.get('_PyRuntime');
    const code = symbols?.get('PyCode_Type');
    if (symbols === null || at === undefined || code === undefined) continue;
    const coroutine = symbols.get('PyCoro_Type');
    const stated = symbols.get('Py_Version');
    return {
      address: start + at,
      version: stated === undefined ? versionIn(path) : versionOf(memory.int32(start + stated)),
      codeType: start + code,
      coroutineType: coroutine === undefined ? null : start + coroutine,
    };
  }
  return null;
}

function versionIn(path: string): string {
  return NAME.exec(path)?.[1] ?? 'unknown';
}

/** `Py_Version`, since 3.11: 0x030b07f0. */
function versionOf(number: number): string {
  return `${number >>> 24}.${(number >>> 16) & 0xff}`;
}
