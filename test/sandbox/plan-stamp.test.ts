import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PlanStamp } from '../../src/sandbox/plan-stamp.ts';
import { git } from '../cli/public-cases/git-case.ts';
import { withDirectory } from '../frameworks/conformance.ts';

/** A checkout with two commits and a unit in it, planned; and what has become of the unit. */
async function planned(
  check: (place: {
    readonly dir: string;
    readonly file: string;
    readonly now: (path?: string) => ReturnType<PlanStamp['since']>;
  }) => void,
): Promise<void> {
  await withDirectory((dir) => {
    const file = join(dir, 'a');
    writeFileSync(file, 'a');
    git(dir, 'init', '--quiet', '--initial-branch', 'main');
    git(dir, 'config', 'user.name', 'A');
    git(dir, 'config', 'user.email', 'a@example.org');
    git(dir, 'add', '--all');
    git(dir, 'commit', '--quiet', '--message', 'one');
    git(dir, 'commit', '--quiet', '--message', 'two', '--allow-empty');
    const stamp = PlanStamp.take(dir, [file, join(dir, 'not there')]);
    check({ dir, file, now: (path = file) => stamp.since(path) });
    return Promise.resolve();
  });
}

describe('what was planned', () => {
  test('is the same while nothing happens, and where the file was away for a moment', async () => {
    await planned(({ file, now }) => {
      assert.deepEqual(now(), { kind: 'same' });
      renameSync(file, `${file}.aside`);
      assert.deepEqual(now(), { kind: 'same' });
      renameSync(`${file}.aside`, file);
      assert.deepEqual(now(), { kind: 'same' });
    });
  });

  test('is the same where its content was changed in place: the file is the one planned', async () => {
    await planned(({ file, now }) => {
      writeFileSync(file, 'b');
      assert.deepEqual(now(), { kind: 'same' });
    });
  });

  test('has changed where another file has its name', async () => {
    await planned(({ dir, file, now }) => {
      // Kept, so that its inode is not given to the new one.
      renameSync(file, join(dir, 'old'));
      writeFileSync(file, 'a');
      assert.match(text(now()), /is another file than the one planned/);
    });
  });

  test('has changed where HEAD moved', async () => {
    await planned(({ dir, now }) => {
      git(dir, 'checkout', '--quiet', 'HEAD~1');
      assert.match(text(now()), /HEAD moved from main \(\w+\) to \w+/);
    });
  });

  test('has changed where HEAD moved and came back, for the reflog tells', async () => {
    await planned(({ dir, now }) => {
      git(dir, 'checkout', '--quiet', 'HEAD~1');
      git(dir, 'checkout', '--quiet', 'main');
      assert.match(text(now()), /HEAD's reflog was written/);
    });
  });

  test('has changed where the branch got another commit', async () => {
    await planned(({ dir, now }) => {
      git(dir, 'commit', '--quiet', '--message', 'three', '--allow-empty');
      assert.match(text(now()), /HEAD moved from main \(\w+\) to main/);
    });
  });

  test('is unknown of a file that was not there, and of one that was not planned', async () => {
    await planned(({ dir, now }) => {
      writeFileSync(join(dir, 'not there'), '');
      assert.deepEqual(now(join(dir, 'not there')), { kind: 'unknown' });
      writeFileSync(join(dir, 'another'), '');
      assert.deepEqual(now(join(dir, 'another')), { kind: 'unknown' });
    });
  });

  test('is known in a worktree by its own HEAD', async () => {
    await planned(({ dir }) => {
      const tree = join(dir, 'tree');
      git(dir, 'worktree', 'add', '--quiet', '-b', 'other', tree);
      const stamp = PlanStamp.take(tree, [join(tree, 'a')]);
      git(dir, 'checkout', '--quiet', 'HEAD~1');
      assert.deepEqual(stamp.since(join(tree, 'a')), { kind: 'same' });
      git(tree, 'checkout', '--quiet', 'HEAD~1');
      assert.match(text(stamp.since(join(tree, 'a'))), /HEAD moved from other/);
    });
  });

  test('is known without git, too, and by the file that a link leads to', async () => {
    await withDirectory((dir) => {
      mkdirSync(join(dir, 'p'));
      writeFileSync(join(dir, 'one'), '');
      writeFileSync(join(dir, 'two'), '');
      const link = join(dir, 'p', 'a');
      symlinkSync('../one', link);
      const stamp = PlanStamp.take(join(dir, 'p'), [link]);
      assert.deepEqual(stamp.since(link), { kind: 'same' });
      rmSync(link);
      symlinkSync('../two', link);
      assert.match(text(stamp.since(link)), /another file/);
      return Promise.resolve();
    });
  });
});

function text(since: ReturnType<PlanStamp['since']>): string {
  return since.kind === 'changed' ? since.what : since.kind;
}
