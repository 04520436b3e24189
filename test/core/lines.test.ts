import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { type Line, readLines } from '../../src/core/lines.ts';

const dir = mkdtempSync(join(tmpdir(), 'pindown-lines-'));
after(() => rmSync(dir, { recursive: true }));

async function linesOf(text: string, maxBytes?: number): Promise<Line[]> {
  const file = join(dir, 'lines');
  writeFileSync(file, text);
  const lines: Line[] = [];
  for await (const line of readLines(file, maxBytes)) lines.push(line);
  return lines;
}

test('lines come back as they were written, whatever else breaks a line elsewhere', async () => {
  const line = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u2028', '\u2029', '\r', '\u0085', 'x'.repeat(100_000)),
    )
    .map((text) => text.replaceAll('\n', '').replaceAll(/\p{Surrogate}/gu, ''));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
      const read = await linesOf(lines.map((text) => `${text}\n`).join(''));
      assert.deepEqual(
        read,
        lines.map((text) => ({ text, terminated: true })),
      );
    }),
    { numRuns: 60 },
  );
});

test('a last line that was cut off says so', async () => {
  assert.deepEqual(await linesOf('a\nb'), [
    { text: 'a', terminated: true },
    { text: 'b', terminated: false },
  ]);
});

test('of a long line only so much is kept, and the next one is whole', async () => {
  const lines = await linesOf(`${'x'.repeat(300_000)}\nnext\n`, 10);
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['x'.repeat(10), 'next'],
  );
});
