import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { boundedLines } from '../../src/frameworks/bounded-lines.ts';
import { withDirectory } from './conformance.ts';

async function linesOf(file: string, limit?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of boundedLines(file, limit)) lines.push(line);
  return lines;
}

describe('the lines of a file', () => {
  test('are what stands between newlines, of each as much as is asked for', async () => {
    await withDirectory(async (dir) => {
      const file = join(dir, 'file');
      // Lines on both sides of the length at which a stream of files is cut into pieces.
      const line = fc.oneof(
        fc.stringMatching(/^[a-z\u2028]{0,8}$/),
        fc.nat(70_000).map((length) => 'x'.repeat(length)),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { maxLength: 6 }),
          fc.boolean(),
          fc.integer({ min: 8 * 3, max: 70_000 }),
          async (lines, ended, limit) => {
            await writeFile(file, lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));
            const read = await linesOf(file, limit);
            const all = ended || lines.at(-1) !== '' ? lines : lines.slice(0, -1);
            assert.deepEqual(
              read,
              all.map((text) => Buffer.from(text).subarray(0, limit).toString()),
            );
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  test('lose the return of other systems', async () => {
    await withDirectory(async (dir) => {
      const file = join(dir, 'file');
      await writeFile(file, 'a\r\n\r\nb\rc\n');
      assert.deepEqual(await linesOf(file), ['a', '', 'b\rc']);
    });
  });
});
