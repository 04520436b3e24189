import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** The size of a file in bytes; 0 where it is not there. */
export function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The first `maxBytes` bytes of a file. */
export function headOf(file: string, maxBytes: number): Buffer {
  return partOf(file, maxBytes, () => 0);
}

/** The last `maxBytes` bytes of a file. */
export function tailOf(file: string, maxBytes: number): Buffer {
  return partOf(file, maxBytes, (size) => Math.max(0, size - maxBytes));
}

function partOf(file: string, maxBytes: number, startIn: (size: number) => number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, maxBytes));
    const bytes = readSync(descriptor, buffer, 0, buffer.length, startIn(size));
    return buffer.subarray(0, bytes);
  } finally {
    closeSync(descriptor);
  }
}
