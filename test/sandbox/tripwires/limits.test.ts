import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate as loopTurn } from 'node:timers/promises';
import { installExecutable } from '../../../src/retry/install-executable.ts';
import type { WatchDirectory } from '../../../src/sandbox/tripwires/watch-directories.ts';
import { emptyDirectory, gitEnv, repositoryOf } from './git-project.ts';
import { attemptOf, during, shown, watchTree } from './watched.ts';

const FILES = { 'a.txt': 'a\n', 'src/b.txt': 'b\n' };

/** A PATH whose `git` writes down each call, and how many calls there were so far. */
async function countedGit(): Promise<{
  readonly env: Readonly<Record<string, string>>;
  readonly calls: () => number;
}> {
  const bin = emptyDirectory();
  const log = join(bin, 'log');
  const path = gitEnv['PATH'] ?? '';
  const script = `#!/bin/sh\necho x >>'${log}'\nPATH='${path}' exec git "$@"\n`;
  await installExecutable(bin, 'git', script);
  return {
    env: { ...gitEnv, PATH: `${bin}:${path}` },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').length / 2 : 0),
  };
}

describe('1,000 files changed at once', () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `d${index % 7}/f${index}`);
  const files = Object.fromEntries(names.map((name) => [name, name]));

  test('are looked at by one call of git, and told as 20', async () => {
    const dir = repositoryOf(files);
    const { env, calls } = await countedGit();
    const around = watchTree(dir, { env });
    assert.ok(around !== null);
    const before = calls();
    assert.ok(before > 0);
    const laid = await during(around, 'u', () => {
      for (const name of names) writeFileSync(join(dir, name), 'other');
    });
    assert.equal(calls() - before, 1);
    assert.equal(laid.length, 1_000);
    await around.wires.close();
    assert.equal(around.told.length, 20);
    assert.equal(around.told.at(-1)?.others, 980);
  });

  test('that go while they are looked at are no reason to lose the others', async () => {
    const dir = repositoryOf(files);
    const bin = emptyDirectory();
    // The first call to hash removes a file under itself.
    await installExecutable(
      bin,
      'git',
      `#!/bin/sh\ncase "$*" in *hash-object*) rm -f '${join(dir, names[3]!)}';; esac\nPATH='${gitEnv['PATH']}' exec git "$@"\n`,
    );
    const around = watchTree(dir, { env: { ...gitEnv, PATH: `${bin}:${gitEnv['PATH']}` } });
    assert.ok(around !== null);
    const laid = await during(around, 'u', () => {
      for (const name of names) writeFileSync(join(dir, name), 'other');
    });
    const removed = laid.filter(({ trip }) => trip.change === 'removed');
    assert.deepEqual(
      removed.map(({ trip }) => trip.what),
      [names[3]],
    );
    assert.equal(laid.length, 1_000);
    await around.wires.close();
  });
});

const withoutLogs: WatchDirectory = (directory, onChange) => {
  if (directory.endsWith('logs')) throw Object.assign(new Error('no'), { code: 'EACCES' });
  return watch(directory, { persistent: false }, (_event, name) => onChange(name));
};

describe('where not all can be watched', () => {
  for (const code of ['ENOSPC', 'EMFILE']) {
    test(`${code}: it is said, and the end of the run tells what changed`, async () => {
      const dir = repositoryOf(FILES);
      let left = 2;
      const used: WatchDirectory = (directory, onChange) => {
        left -= 1;
        if (left < 0) throw Object.assign(new Error('used up'), { code });
        return watch(directory, { persistent: false }, (_event, name) => onChange(name));
      };
      const around = watchTree(dir, { watch: used });
      assert.ok(around !== null);
      assert.match(around.wires.faults.join(), new RegExp(`only 2 of 5 directories.*${code}`));
      assert.equal(left, -1);
      const laid = await during(around, 'u', () => writeFileSync(join(dir, 'src/b.txt'), 'other'));
      assert.deepEqual(laid, []);
      await around.wires.close();
      assert.deepEqual(shown(around.told), ['tree src/b.txt: changed']);
      const [trip] = around.told;
      assert.deepEqual([trip?.at, trip?.culprit, trip?.running], [null, null, []]);
    });
  }

  test('a fault of one directory costs only that one', async () => {
    const dir = repositoryOf(FILES);
    const around = watchTree(dir, { watch: withoutLogs });
    assert.ok(around !== null);
    assert.match(around.wires.faults.join(), /logs can't be watched \(EACCES\)/);
    const laid = await during(around, 'u', () => writeFileSync(join(dir, 'a.txt'), 'other'));
    assert.equal(laid.length, 1);
    await around.wires.close();
  });
});

describe('a directory that is another one now', () => {
  test('is watched from then on', async () => {
    const dir = repositoryOf(FILES);
    const around = watchTree(dir);
    assert.ok(around !== null);
    const attempt = attemptOf('a');
    around.wires.enter(attempt);
    rmSync(join(dir, 'src'), { recursive: true });
    await loopTurn();
    await loopTurn();
    mkdirSync(join(dir, 'src'));
    writeFileSync(join(dir, 'src/b.txt'), 'b\n');
    await loopTurn();
    const laid = await around.wires.leave(attempt);
    assert.deepEqual(shown(laid.map(({ trip }) => trip)), ['tree src/b.txt: removed, undone']);
    const later = await during(around, 'b', () => writeFileSync(join(dir, 'src/b.txt'), 'x'));
    assert.deepEqual(shown(later.map(({ trip }) => trip)), ['tree src/b.txt: changed']);
    await around.wires.close();
  });

  test('is no longer watched where it was moved to', async () => {
    const dir = repositoryOf(FILES);
    const around = watchTree(dir);
    assert.ok(around !== null);
    await during(around, 'a', () => renameSync(join(dir, 'src'), join(dir, 'away')));
    const laid = await during(around, 'b', () => writeFileSync(join(dir, 'away/b.txt'), 'x'));
    assert.deepEqual(
      laid.filter(({ before }) => !before),
      [],
    );
    await around.wires.close();
  });
});
