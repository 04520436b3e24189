import { TargetMemory, UnreadableMemory } from '../native/target-memory.ts';
import { mappedFiles } from '../native/mapped-files.ts';
import type { ObservedProcess } from '../../observe/observation.ts';
import type { Answer, Probe } from '../probe.ts';
import { pythonLayout } from './python-layout.ts';
import { mayBePython, pythonRuntime } from './python-runtime.ts';
import { pythonThreads } from './python-threads.ts';

/** Reading again helps where a thread moved while it was read. */
const TRIES = 3;

/**
 * The threads of a CPython from 3.8 to 3.13 with function, file and line, read out of its memory:
 * without its help, while the interpreter lock is held, too, and without disturbing it.
 */
export const pythonStacks: Probe = {
  name: 'python-stacks',
  disturbs: 'nothing',
  limitMs: 1_000,
  applies: ({ pid, now }) =>
    mayBePython(now.executable ?? '') || mappedFiles(pid).some(({ path }) => mayBePython(path)),
  run: (process) => Promise.resolve(readPython(process)),
};

function readPython(process: ObservedProcess): Answer {
  for (let left = TRIES; ; left -= 1) {
    try {
      const answer = TargetMemory.read(process.pid, (memory) => readOnce(memory, process));
      return answer ?? nothing(`the memory of pid ${process.pid} may not be read`);
    } catch (error) {
      if (!(error instanceof UnreadableMemory)) throw error;
      if (left <= 1)
        return nothing(`its memory is not as this version of Python has it: ${error.message}`);
    }
  }
}

function readOnce(memory: TargetMemory, process: ObservedProcess): Answer {
  const runtime = pythonRuntime(process.pid, memory);
  if (runtime === null) return nothing('it has no symbols of CPython');
  const layout = pythonLayout(runtime.version, memory, runtime.address);
  if (layout === null)
    return nothing(`Python ${runtime.version} keeps its frames in a way that is not known`);
  const stacks = pythonThreads(memory, runtime, layout, process);
  const known = stacks.filter(({ tid }) => tid !== null);
  if (known.length === 0)
    return nothing(`no thread of Python ${runtime.version} is one of the kernel's`);
  return { stacks: known, missing: null };
}

function nothing(missing: string): Answer {
  return { stacks: [], missing };
}
