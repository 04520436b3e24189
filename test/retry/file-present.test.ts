import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { filePresent } from '../../src/retry/file-present.ts';
import { refused, SteppedTime } from './stepped-time.ts';

type Look = 'there' | NodeJS.ErrnoException;

const gone = refused('ENOENT', 'stat');
const noDirectory = refused('ENOTDIR', 'stat');
const broken = refused('EIO', 'stat');

/** What it says where stat comes to these in turn, and what that took. */
async function seen(...looks: readonly Look[]) {
  const timekeeper = new SteppedTime();
  let calls = 0;
  const stat = async (): Promise<void> => {
    const look = looks[calls];
    calls += 1;
    if (look !== 'there') throw look ?? new Error(`look ${calls} was one too many`);
  };
  const presence = await filePresent('/some/file', { stat, timekeeper });
  return { presence, calls, waits: timekeeper.waits };
}

describe('filePresent', () => {
  test('looks once and waits for nothing where the file is there', async () => {
    assert.deepEqual(await seen('there'), { presence: { kind: 'present' }, calls: 1, waits: [] });
  });

  test('finds what was away for a moment', async () => {
    const second = await seen(gone, 'there');
    assert.deepEqual(second, { presence: { kind: 'present' }, calls: 2, waits: [25] });
    const third = await seen(gone, broken, 'there');
    assert.deepEqual(third, { presence: { kind: 'present' }, calls: 3, waits: [25, 75] });
  });

  test('takes three looks for an absence, and says which', async () => {
    assert.deepEqual(await seen(gone, gone, gone), {
      presence: { kind: 'absent', code: 'ENOENT' },
      calls: 3,
      waits: [25, 75],
    });
    const { presence } = await seen(gone, gone, noDirectory);
    assert.deepEqual(presence, { kind: 'absent', code: 'ENOTDIR' });
  });

  test('does not take a fault of stat for absence, whichever look met it', async () => {
    const unknown = { kind: 'unknown', code: 'EIO', error: broken };
    for (const looks of [
      [broken, gone, gone],
      [gone, broken, gone],
      [gone, gone, broken],
    ] as const) {
      const { presence, calls } = await seen(...looks);
      assert.deepEqual(presence, unknown);
      assert.equal(calls, 3);
    }
  });

  test('rejects with what is no fault of the file system', async () => {
    const bug = new TypeError('a bug');
    await assert.rejects(
      filePresent('/some/file', { stat: () => Promise.reject(bug) }),
      (error) => error === bug,
    );
    await assert.rejects(filePresent('a\0b'), { code: 'ERR_INVALID_ARG_VALUE' });
  });

  test('sees real files, directories and links by what they point to', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'pindown-present-'));
    const timekeeper = new SteppedTime();
    const look = (name: string) => filePresent(join(dir, name), { timekeeper });
    try {
      await writeFile(join(dir, 'file'), '');
      await symlink('nowhere', join(dir, 'dangling'));
      await symlink('loop', join(dir, 'loop'));
      assert.deepEqual(await look('.'), { kind: 'present' });
      assert.deepEqual(await look('file'), { kind: 'present' });
      assert.deepEqual(await look('dangling'), { kind: 'absent', code: 'ENOENT' });
      assert.deepEqual(await look('file/below'), { kind: 'absent', code: 'ENOTDIR' });
      const loop = await look('loop');
      assert.equal(loop.kind === 'unknown' && loop.code, 'ELOOP');
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
