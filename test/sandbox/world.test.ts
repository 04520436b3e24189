import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { removeTree } from '../../src/sandbox/remove-tree.ts';
import { type Keep, removeWorlds, Worlds } from '../../src/sandbox/world.ts';

let dir = '';
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'pindown-world-'));
});
after(() => rmSync(dir, { recursive: true }));

let states = 0;
const stateDir = (): string => {
  const path = join(dir, `state-${(states += 1)}`);
  mkdirSync(path);
  return path;
};
const open = (keep: Keep, home = false): Worlds =>
  Worlds.open('run-1', { temp: true, home, keep }, null);

describe('Worlds', () => {
  test('gives every attempt directories that were never there, under a short path', () => {
    const worlds = open('none', true);
    const one = worlds.make(stateDir(), 0);
    const two = worlds.make(stateDir(), 0);
    const paths = [one, two].flatMap(({ env }) => [
      env['TMPDIR'] ?? '',
      env['HOME'] ?? '',
      env['PINDOWN_STATE_DIR'] ?? '',
    ]);
    assert.equal(new Set(paths).size, 6);
    for (const path of paths) assert.deepEqual(readdirSync(path), []);
    assert.ok((one.env['TMPDIR'] ?? '').length < tmpdir().length + 20);
    for (const world of [one, two]) assert.equal(worlds.leave(world, false), null);
    assert.equal(worlds.close(), null);
    assert.equal(existsSync(worlds.root ?? ''), false);
  });

  for (const [keep, green, kept] of [
    ['failed', false, true],
    ['failed', true, false],
    ['all', true, true],
    ['none', false, false],
  ] as const) {
    test(`keep = "${keep}" and an attempt that ${green ? 'passed' : 'failed'}`, () => {
      const worlds = open(keep);
      const world = worlds.make(stateDir(), 0);
      writeFileSync(join(world.dir ?? '', 'file'), '');
      assert.equal(worlds.kept(world, green), kept ? world.dir : null);
      assert.equal(worlds.leave(world, green), null);
      assert.equal(existsSync(join(world.dir ?? '', 'file')), kept);
      assert.equal(worlds.close(), null);
      assert.equal(existsSync(worlds.root ?? ''), kept);
      assert.equal(removeWorlds(worlds.root ?? '', 'run-1'), null);
      assert.equal(existsSync(worlds.root ?? ''), false);
    });
  }

  test('is never removed for another run, or where the marker is gone', () => {
    const worlds = open('all');
    const root = worlds.root ?? '';
    writeFileSync(join(worlds.make(stateDir(), 0).dir ?? '', 'file'), '');
    removeWorlds(root, 'run-2');
    assert.ok(existsSync(root));
    rmSync(join(root, 'pindown-run'));
    removeWorlds(root, 'run-1');
    assert.ok(existsSync(root));
    rmSync(root, { recursive: true });
  });
});

describe('removeTree', () => {
  test('removes what a test made read-only, and follows no link out of it', () => {
    const tree = join(dir, 'tree');
    const outside = join(dir, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'file'), '');
    mkdirSync(join(tree, 'module'), { recursive: true });
    writeFileSync(join(tree, 'module', 'file'), '');
    symlinkSync(outside, join(tree, 'link'));
    chmodSync(join(tree, 'module'), 0o500);
    assert.equal(removeTree(tree), null);
    assert.equal(existsSync(tree), false);
    assert.ok(existsSync(join(outside, 'file')));
  });

  test('has nothing to do where there is nothing', () => {
    assert.equal(removeTree(join(dir, 'never')), null);
  });

  test(
    'says what would not go, by which call, and that it is a mount point',
    {
      skip:
        process.getuid?.() === 0 && existsSync('/usr/bin/unshare') ? false : 'only root can mount',
    },
    async () => {
      const { spawnSync } = await import('node:child_process');
      const tree = join(dir, 'mounted');
      mkdirSync(join(tree, 'point'), { recursive: true });
      const source = `import { removeTree } from '${import.meta.resolve('../../src/sandbox/remove-tree.ts')}';
      process.stdout.write(removeTree(process.argv[1]));`;
      const script = `mount -t tmpfs none "$1/point" && exec "$2" --input-type=module -e "$3" "$1"`;
      const args = ['-m', 'sh', '-c', script, 'sh', tree, process.execPath, source];
      const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
      assert.match(stdout, /could not be removed: EBUSY \(rmdir .*point\)/, stderr);
      assert.match(stdout, /it is a mount point$/);
    },
  );
});
