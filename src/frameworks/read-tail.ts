import { tailOf } from '../core/file-ends.ts';

/** The last `maxBytes` bytes of a file as text, without space around them. */
export function readTail(file: string, maxBytes: number): string {
  return tailOf(file, maxBytes).toString().trim();
}
