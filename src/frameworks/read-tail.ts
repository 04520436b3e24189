import { open } from 'node:fs/promises';

/** The last `maxBytes` bytes of a file as text, without space around them. */
export async function readTail(file: string, maxBytes: number): Promise<string> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const start = Math.max(0, size - maxBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), {
    position: start,
  });
  return buffer.toString('utf8', 0, bytesRead).trim();
}
