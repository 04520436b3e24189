import { TargetMemory, UnreadableMemory } from '../native/target-memory.ts';
import { mappedFiles } from '../native/mapped-files.ts';
import type { ObservedProcess } from '../../observe/observation.ts';
import type { Answer, Probe } from '../probe.ts';
import type { Stack } from '../stack.ts';
import { type PythonLayout, pythonLayout } from './python-layout.ts';
import { mayBePython, type PythonRuntime, pythonRuntime } from './python-runtime.ts';
import { pythonTaskLayout } from './python-task-layout.ts';
import { pythonTasks } from './python-tasks.ts';
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
  const threads = pythonThreads(memory, runtime, layout, process).filter(({ tid }) => tid !== null);
  if (threads.length === 0)
    return nothing(`no thread of Python ${runtime.version} is one of the kernel's`);
  const tasks = threads.some(isOfLoop) ? tasksOf(memory, runtime, layout) : NO_TASKS;
  return { stacks: [...threads, ...tasks.stacks], missing: tasks.missing };
}

/** Only who runs an event loop has coroutines that are worth a walk through all objects. */
function isOfLoop({ frames }: Stack): boolean {
  return frames.some(({ file }) => /\/(?:asyncio|uvloop|trio|curio)\//.test(file ?? ''));
}

const NO_TASKS: Answer = { stacks: [], missing: null };

function tasksOf(memory: TargetMemory, runtime: PythonRuntime, layout: PythonLayout): Answer {
  const known = pythonTaskLayout(runtime.version);
  if (known === null) return NO_TASKS;
  try {
    const { stacks, isPartial } = pythonTasks(memory, runtime, layout, known);
    return {
      stacks,
      missing: isPartial ? 'it has more objects or tasks than were looked at' : null,
    };
  } catch (error) {
    if (!(error instanceof UnreadableMemory)) throw error;
    // Its threads are known all the same.
    return nothing(`its tasks changed while they were read: ${error.message}`);
  }
}

function nothing(missing: string): Answer {
  return { stacks: [], missing };
}
