import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { elfSymbols, hasElfSection } from '../../../src/hang/probes/native/elf-symbols.ts';
import { mappedFiles } from '../../../src/hang/probes/native/mapped-files.ts';
import { TargetMemory, UnreadableMemory } from '../../../src/hang/probes/native/target-memory.ts';

const skip = process.platform === 'linux' ? false : 'there is no /proc';

test('a symbol leads to where its program has it in memory', { skip }, () => {
  // Node keeps what debuggers need to know of V8 as numbers behind exported names.
  const name = 'v8dbg_HeapObjectTag';
  const symbols = elfSymbols(process.execPath, [name, 'not_a_symbol_of_anybody']);
  assert.deepEqual([...(symbols?.keys() ?? [])], [name]);
  const program = mappedFiles(process.pid).find(({ path }) => path === process.execPath);
  assert.ok(program !== undefined);
  const address = program.start + (symbols?.get(name) ?? 0);
  const tag = TargetMemory.read(process.pid, (memory) => memory.int32(address));
  assert.equal(tag, 1, 'a pointer to an object of the heap has its lowest bit set');
});

test('what is no program has neither symbols nor sections', { skip }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'pindown-elf-'));
  try {
    const file = join(dir, 'text');
    for (const content of [
      '',
      'a line of text\n',
      '\u007FELF',
      `\u007FELF\u0002\u0001${'\0'.repeat(90)}`,
    ]) {
      writeFileSync(file, content);
      assert.equal(elfSymbols(file, ['main'])?.size ?? 0, 0);
      assert.equal(hasElfSection(file, '.text'), false);
    }
    assert.equal(elfSymbols(join(dir, 'nothing'), ['main']), null);
    assert.equal(hasElfSection(process.execPath, '.text'), true);
    assert.equal(hasElfSection(process.execPath, '.ext'), false);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('what is not mapped is said, and not taken for zeros', { skip }, () => {
  assert.throws(
    () => TargetMemory.read(process.pid, (memory) => memory.pointer(8)),
    UnreadableMemory,
  );
  assert.equal(
    TargetMemory.read(0, () => 'read'),
    null,
  );
});
