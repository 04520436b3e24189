import { type TargetMemory, UnreadableMemory } from '../native/target-memory.ts';
import type { Stack } from '../stack.ts';
import { type PythonFrame, pythonFrames, readFrame } from './python-frames.ts';
import type { PythonLayout } from './python-layout.ts';
import type { PythonRuntime } from './python-runtime.ts';
import type { PythonTaskLayout } from './python-task-layout.ts';
import { pythonType } from './python-text.ts';

/** So many objects are looked at: a look must not take longer than the hang is worth. */
const MOST_OBJECTS = 300_000;

/** So many tasks are told. */
const MOST_TASKS = 1_000;

/** `PyGC_Head` stands before each object that the collector knows. */
const GC_HEAD = 16;
const GENERATION = 24;
/** Three that are collected, and one that is not. */
const GENERATIONS = 4;

/** A coroutine that is suspended, and what it awaits. */
interface Suspended {
  readonly address: number;
  readonly frame: PythonFrame;
  readonly awaits: number;
}

/** What a walk through all objects came to. */
export interface PythonTasks {
  readonly stacks: readonly Stack[];
  /** There are more objects than were looked at, or more tasks than are told. */
  readonly isPartial: boolean;
}

/**
 * The suspended coroutines of an interpreter as stacks, from the innermost `await` out to the
 * coroutine that nobody awaits: a task's.
 *
 * @throws {UnreadableMemory} where objects come and go meanwhile
 */
export function pythonTasks(
  memory: TargetMemory,
  runtime: PythonRuntime,
  layout: PythonLayout,
  tasks: PythonTaskLayout,
): PythonTasks {
  const { coroutineType } = runtime;
  if (coroutineType === null) return { stacks: [], isPartial: false };
  const found = new Map<number, Suspended>();
  const { seen } = eachObject(memory, runtime, layout, tasks, (object) => {
    if (memory.pointer(object + 8) !== coroutineType) return;
    const suspended = suspendedAt(memory, object, runtime, layout, tasks);
    if (suspended !== null) found.set(object, suspended);
  });
  const awaited = new Set([...found.values()].map(({ awaits }) => awaits));
  const outermost = [...found.values()].filter(({ address }) => !awaited.has(address));
  return {
    stacks: outermost.slice(0, MOST_TASKS).map((first) => stackFrom(memory, first, found, layout)),
    isPartial: seen >= MOST_OBJECTS || outermost.length > MOST_TASKS,
  };
}

function eachObject(
  memory: TargetMemory,
  runtime: PythonRuntime,
  layout: PythonLayout,
  { generations }: PythonTaskLayout,
  visit: (object: number) => void,
): { readonly seen: number } {
  const interpreter = memory.pointer(runtime.address + layout.runtime.interpreters);
  const first = (generations.in === 'runtime' ? runtime.address : interpreter) + generations.at;
  let seen = 0;
  for (let index = 0; index < GENERATIONS; index += 1) {
    // The fourth stands behind the three, with their threshold and count between in each.
    const head = first + GENERATION * index + (index === GENERATIONS - 1 ? 8 : 0);
    for (let at = next(memory, head); at !== head && seen < MOST_OBJECTS; at = next(memory, at)) {
      seen += 1;
      visit(at + GC_HEAD);
    }
  }
  return { seen };
}

/** The lowest bits are the collector's marks. */
function next(memory: TargetMemory, node: number): number {
  const value = memory.pointer(node);
  return value - (value % 4);
}

function suspendedAt(
  memory: TargetMemory,
  coroutine: number,
  runtime: PythonRuntime,
  layout: PythonLayout,
  tasks: PythonTaskLayout,
): Suspended | null {
  const { at, embedded } = tasks.frame;
  const address = embedded ? coroutine + at : memory.pointer(coroutine + at);
  if (address === 0 || !isSuspended(memory, coroutine, address, tasks)) return null;
  const [frame] = pythonFrames(memory, address, layout, runtime);
  if (frame === undefined || frame.offset < 0) return null;
  return { address: coroutine, frame, awaits: awaitedBy(memory, address, tasks) };
}

function isSuspended(
  memory: TargetMemory,
  coroutine: number,
  frame: number,
  { suspended, top }: PythonTaskLayout,
): boolean {
  switch (suspended.in) {
    case 'coroutine':
      return suspended.values.includes(memory.bytes(coroutine + suspended.at, 1).readInt8(0));
    case 'frame':
      return suspended.values.includes(memory.bytes(frame + suspended.at, 1).readInt8(0));
    // While a frame runs it does not keep where its values end.
    case 'stack':
      return memory.pointer(frame + top.at) !== 0;
  }
}

/** A coroutine's own wrapper for `await` has it where a future's iterator has the future. */
const BEHIND = 16;
const WRAPPER = 'coroutine_wrapper';

function awaitedBy(memory: TargetMemory, frame: number, { top }: PythonTaskLayout): number {
  const value = memory.pointer(lastValue(memory, frame, top));
  return value !== 0 && pythonType(memory, value) === WRAPPER
    ? memory.pointer(value + BEHIND)
    : value;
}

function lastValue(memory: TargetMemory, frame: number, top: PythonTaskLayout['top']): number {
  switch (top.kind) {
    case 'pointer':
      return memory.pointer(frame + top.at) - 8;
    case 'depth':
      return memory.pointer(frame + top.values) + 8 * (memory.int32(frame + top.at) - 1);
    case 'index':
      return frame + top.values + 8 * (memory.int32(frame + top.at) - 1);
  }
}

function stackFrom(
  memory: TargetMemory,
  first: Suspended,
  found: ReadonlyMap<number, Suspended>,
  layout: PythonLayout,
): Stack {
  const chain: Suspended[] = [];
  for (let at: Suspended | undefined = first; at !== undefined && !chain.includes(at);) {
    chain.push(at);
    at = found.get(at.awaits);
  }
  const innermost = chain.at(-1) ?? first;
  return {
    language: 'python',
    of: 'task',
    tid: null,
    name: null,
    frames: chain.toReversed().map(({ frame }) => readFrame(memory, frame, layout)),
    state: `awaits ${nameAwaited(memory, innermost.awaits)}`,
  };
}

const FUTURE_ITERATOR = /(?:^|\.)FutureIter$/;

/** `_asyncio.Future`, `_asyncio.Task`, or what else it is that has not come. */
function nameAwaited(memory: TargetMemory, value: number): string {
  try {
    const type = pythonType(memory, value);
    return FUTURE_ITERATOR.test(type) ? pythonType(memory, memory.pointer(value + BEHIND)) : type;
  } catch (error) {
    if (error instanceof UnreadableMemory) return 'something';
    throw error;
  }
}
