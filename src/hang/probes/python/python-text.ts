import type { TargetMemory } from '../native/target-memory.ts';
import type { PythonLayout } from './python-layout.ts';

const LENGTH = 16;
const STATE = 32;

/** So many letters of a name are read. */
const MOST = 1_000;

/**
 * A compact `str` (Include/cpython/unicodeobject.h).
 *
 * @throws {UnreadableMemory}
 */
export function pythonText(memory: TargetMemory, address: number, { text }: PythonLayout): string {
  const length = Math.min(memory.pointer(address + LENGTH), MOST);
  const state = memory.int32(address + STATE);
  const width = (state >> 2) & 7;
  const isAscii = ((state >> 6) & 1) === 1;
  if (length === 0) return '';
  const bytes = memory.bytes(address + (isAscii ? text.ascii : text.other), length * width);
  switch (width) {
    case 1:
      return bytes.toString('latin1');
    case 2:
      return bytes.toString('utf16le');
    default:
      return Array.from({ length }, (_, index) => letter(bytes.readUInt32LE(index * 4))).join('');
  }
}

function letter(point: number): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD';
}

/** What is in a `bytes` object (Include/cpython/bytesobject.h), up to 1 MiB. */
export function pythonBytes(memory: TargetMemory, address: number): Buffer {
  return memory.bytes(address + 32, Math.min(memory.pointer(address + 16), 1 << 20));
}

/** The name of an object's type, such as `_thread.lock`. */
export function pythonType(memory: TargetMemory, address: number): string {
  return memory.text(memory.pointer(memory.pointer(address + 8) + 24), 100);
}
