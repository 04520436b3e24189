import type { TargetMemory } from '../native/target-memory.ts';
import type { Frame } from '../stack.ts';
import { OWNED_BY_C, type PythonLayout } from './python-layout.ts';
import { pythonLine } from './python-line.ts';
import type { PythonRuntime } from './python-runtime.ts';
import { pythonBytes, pythonText } from './python-text.ts';

/** A frame in memory. */
export interface PythonFrame {
  readonly address: number;
  /** Of its code object. */
  readonly code: number;
  /** Of the instruction that it is at, bytes from the code's first. */
  readonly offset: number;
}

/** So many frames of a thread are read: what is deeper repeats itself. */
const MOST_FRAMES = 200;

/** The frames from one outwards; ends where something is no frame of Python code. */
export function pythonFrames(
  memory: TargetMemory,
  first: number,
  layout: PythonLayout,
  { codeType }: PythonRuntime,
): PythonFrame[] {
  const { previous, code: codeAt, owner } = layout.frame;
  const frames: PythonFrame[] = [];
  for (
    let at = first;
    at !== 0 && frames.length < MOST_FRAMES;
    at = memory.pointer(at + previous)
  ) {
    if (owner !== null && memory.uint8(at + owner) === OWNED_BY_C) continue;
    const code = memory.pointer(at + codeAt);
    if (memory.pointer(code + 8) !== codeType) break;
    frames.push({ address: at, code, offset: offsetIn(memory, at, code, layout) });
  }
  return frames;
}

function offsetIn(
  memory: TargetMemory,
  frame: number,
  code: number,
  { lines, frame: { instruction }, stack }: PythonLayout,
): number {
  if (stack.kind === 'exception-table') {
    return memory.pointer(frame + instruction) - (code + stack.instructions);
  }
  const index = memory.int32(frame + instruction);
  return lines === 'linetable' ? index * 2 : index;
}

/** The places that were read already: threads and tasks stand in the same few. */
const placesIn = new WeakMap<TargetMemory, Map<string, Frame>>();

/** What a frame is at, for people. */
export function readFrame(
  memory: TargetMemory,
  { code, offset }: PythonFrame,
  layout: PythonLayout,
): Frame {
  const places = placesIn.get(memory) ?? new Map<string, Frame>();
  placesIn.set(memory, places);
  const key = `${code} ${offset}`;
  const frame = places.get(key) ?? readPlace(memory, code, offset, layout);
  places.set(key, frame);
  return frame;
}

function readPlace(
  memory: TargetMemory,
  code: number,
  offset: number,
  layout: PythonLayout,
): Frame {
  const { file, name, firstLine, lines } = layout.code;
  return {
    function: pythonText(memory, memory.pointer(code + name), layout),
    file: pythonText(memory, memory.pointer(code + file), layout),
    line: pythonLine(
      layout.lines,
      pythonBytes(memory, memory.pointer(code + lines)),
      memory.int32(code + firstLine),
      offset,
    ),
  };
}
