import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate as loopTurn } from 'node:timers/promises';
import { commitAll, emptyDirectory, git, gitEnv, repositoryOf, writeFiles } from './git-project.ts';
import { type Watched, during, shown, watchTree } from './watched.ts';

const FILES = { 'a.txt': 'a\n', 'src/b.txt': 'b\n', 'src/deep/c.txt': 'c\n' };

function watched(root: string): Watched {
  const found = watchTree(root);
  assert.ok(found !== null);
  return found;
}

/** What an attempt that does this in a repository is laid, and what is told of it. */
async function trips(
  act: (dir: string) => unknown,
  dir = repositoryOf(FILES),
  root = dir,
): Promise<{ readonly laid: string[]; readonly told: string[] }> {
  const around = watched(root);
  const laid = await during(around, 'u', () => act(dir));
  await around.wires.close();
  return { laid: shown(laid.map(({ trip }) => trip)), told: shown(around.told) };
}

const both = (...lines: string[]): { laid: string[]; told: string[] } => ({
  laid: lines,
  told: lines,
});
const NOTHING = both();

describe('what an attempt does to the working tree', () => {
  const cases: readonly (readonly [
    title: string,
    act: (dir: string) => unknown,
    expected: { laid: string[]; told: string[] },
  ])[] = [
    ['nothing', () => {}, NOTHING],
    [
      'changes a file',
      (dir) => writeFileSync(join(dir, 'src/b.txt'), 'other'),
      both('tree src/b.txt: changed'),
    ],
    [
      'changes a file by replacing it',
      (dir) => {
        writeFileSync(join(dir, 'src/new'), 'other');
        renameSync(join(dir, 'src/new'), join(dir, 'src/b.txt'));
      },
      both('tree src/b.txt: changed'),
    ],
    ['removes a file', (dir) => unlinkSync(join(dir, 'a.txt')), both('tree a.txt: removed')],
    [
      'removes a directory',
      (dir) => rmSync(join(dir, 'src'), { recursive: true }),
      both('tree src/b.txt: removed', 'tree src/deep/c.txt: removed'),
    ],
    [
      'moves a directory away',
      (dir) => renameSync(join(dir, 'src'), join(dir, 'away')),
      both('tree src/b.txt: removed', 'tree src/deep/c.txt: removed'),
    ],
    [
      'puts a directory in the place of a file',
      (dir) => {
        unlinkSync(join(dir, 'a.txt'));
        mkdirSync(join(dir, 'a.txt'));
      },
      both('tree a.txt: changed'),
    ],
    [
      'puts a link to the same content in the place of a file',
      (dir) => {
        renameSync(join(dir, 'a.txt'), join(dir, 'was'));
        symlinkSync('was', join(dir, 'a.txt'));
      },
      both('tree a.txt: changed'),
    ],
    [
      'removes a file and puts it back',
      async (dir) => {
        renameSync(join(dir, 'a.txt'), join(dir, 'away'));
        await loopTurn();
        await loopTurn();
        renameSync(join(dir, 'away'), join(dir, 'a.txt'));
      },
      { laid: ['tree a.txt: removed, undone'], told: [] },
    ],
    [
      'changes a file and changes it back',
      async (dir) => {
        writeFileSync(join(dir, 'a.txt'), 'other');
        await loopTurn();
        await loopTurn();
        writeFileSync(join(dir, 'new'), 'a\n');
        renameSync(join(dir, 'new'), join(dir, 'a.txt'));
      },
      { laid: ['tree a.txt: changed, undone'], told: [] },
    ],
    ['touches a file', (dir) => utimesSync(join(dir, 'a.txt'), 1, 1), NOTHING],
    ['makes a file read-only', (dir) => chmodSync(join(dir, 'a.txt'), 0o444), NOTHING],
    [
      'replaces a file by one of the same content',
      (dir) => {
        writeFileSync(join(dir, 'new'), 'a\n');
        renameSync(join(dir, 'new'), join(dir, 'a.txt'));
      },
      NOTHING,
    ],
    [
      'writes files that are not tracked',
      (dir) => writeFiles(dir, { 'out/x': '', 'src/y': '' }),
      NOTHING,
    ],
    [
      'stages a new file',
      (dir) => {
        writeFileSync(join(dir, 'new'), 'new');
        git(dir, 'add', 'new');
      },
      both('index the index: changed'),
    ],
    [
      'stages a new file and takes it back',
      (dir) => {
        writeFileSync(join(dir, 'new'), 'new');
        git(dir, 'add', 'new');
        git(dir, 'rm', '--quiet', '--cached', 'new');
      },
      NOTHING,
    ],
    [
      'asks for the status, which writes the index anew',
      (dir) => {
        utimesSync(join(dir, 'a.txt'), 1, 1);
        git(dir, 'status');
      },
      NOTHING,
    ],
    [
      'commits what is there',
      (dir) => git(dir, 'commit', '--quiet', '--allow-empty', '--message', 'x'),
      both('head HEAD: moved'),
    ],
    [
      'makes a branch of the same commit the current one',
      (dir) => git(dir, 'checkout', '--quiet', '-b', 'other'),
      both('head HEAD: moved'),
    ],
    [
      'makes a branch and a tag, and packs the references',
      (dir) => {
        git(dir, 'branch', 'other');
        git(dir, 'tag', 'one');
        git(dir, 'pack-refs', '--all');
      },
      NOTHING,
    ],
  ];
  for (const [title, act, expected] of cases) {
    test(title, async () => assert.deepEqual(await trips(act), expected));
  }

  test('a checkout of another branch names HEAD, the index and each file', async () => {
    const dir = repositoryOf(FILES);
    git(dir, 'checkout', '--quiet', '-b', 'other');
    writeFileSync(join(dir, 'a.txt'), 'other');
    git(dir, 'rm', '--quiet', 'src/b.txt');
    commitAll(dir);
    git(dir, 'checkout', '--quiet', 'main');
    const around = watched(dir);
    const laid = await during(around, 'u', () => git(dir, 'checkout', '--quiet', 'other'));
    assert.deepEqual(shown(laid.map(({ trip }) => trip)), [
      'head HEAD: moved',
      'index the index: changed',
      'tree a.txt: changed',
      'tree src/b.txt: removed',
    ]);
    const head = laid.find(({ trip }) => trip.kind === 'head');
    assert.match(head?.trip.detail ?? '', /^from main \([0-9a-f]{12}\) to other \([0-9a-f]{12}\)$/);
    assert.equal(head?.own, true);
    const back = await during(around, 'v', () => git(dir, 'checkout', '--quiet', 'main'));
    assert.deepEqual(shown(back.filter(({ before }) => !before).map(({ trip }) => trip)), [
      'head HEAD: restored',
      'index the index: restored',
      'tree a.txt: restored',
      'tree src/b.txt: restored',
    ]);
    assert.deepEqual(await during(around, 'w', () => {}), []);
    await around.wires.close();
  });

  test('an attempt that begins after a change is told of it while it stands', async () => {
    const dir = repositoryOf(FILES);
    const around = watched(dir);
    const [own] = await during(around, 'a', () => unlinkSync(join(dir, 'a.txt')));
    assert.deepEqual([own?.own, own?.before], [true, false]);
    const [later] = await during(around, 'b', () => {});
    assert.deepEqual([later?.own, later?.before, later?.trip.culprit], [false, true, 'a']);
    await during(around, 'c', () => writeFileSync(join(dir, 'a.txt'), 'a\n'));
    assert.deepEqual(await during(around, 'd', () => {}), []);
    await around.wires.close();
    assert.deepEqual(shown(around.told), ['tree a.txt: removed', 'tree a.txt: restored']);
  });

  test('what was different before the run is nobody’s doing, and counts as it was', async () => {
    const dir = repositoryOf(FILES);
    writeFileSync(join(dir, 'a.txt'), 'mine');
    unlinkSync(join(dir, 'src/b.txt'));
    assert.deepEqual(await trips(() => {}, dir), NOTHING);
    assert.deepEqual(
      await trips(() => {
        renameSync(join(dir, 'a.txt'), join(dir, 'x'));
        renameSync(join(dir, 'x'), join(dir, 'a.txt'));
      }, dir).then(({ told }) => told),
      [],
    );
    assert.deepEqual(
      await trips(() => git(dir, 'checkout', '--quiet', '.'), dir).then(({ told }) => told),
      ['tree a.txt: changed', 'tree src/b.txt: changed'],
    );
  });
});

const change = (file: string) => (): void => writeFileSync(file, 'other');

describe('where the working tree is', () => {
  test('under a symbolic link', async () => {
    const dir = repositoryOf(FILES);
    const link = join(emptyDirectory(), 'link');
    symlinkSync(dir, link);
    const expected = both('tree src/b.txt: changed');
    assert.deepEqual(await trips(change(join(link, 'src/b.txt')), dir, link), expected);
  });

  test('above the project: only the project counts, and HEAD', async () => {
    const dir = repositoryOf(FILES);
    const root = join(dir, 'src');
    const all = (): void => {
      for (const path of Object.keys(FILES)) writeFileSync(join(dir, path), 'other');
      git(dir, 'commit', '--quiet', '--allow-empty', '--message', 'x');
    };
    assert.deepEqual(
      await trips(all, dir, root),
      both('head HEAD: moved', 'tree b.txt: changed', 'tree deep/c.txt: changed'),
    );
  });

  test('in a worktree: its own HEAD and index count, not those of the others', async () => {
    const dir = repositoryOf(FILES);
    const tree = join(emptyDirectory(), 'tree');
    git(dir, 'worktree', 'add', '--quiet', '-b', 'side', tree);
    assert.deepEqual(await trips(() => git(dir, 'checkout', '-q', '-b', 'x'), tree), NOTHING);
    const commit = (): void => {
      writeFileSync(join(tree, 'a.txt'), 'other');
      git(tree, 'commit', '--quiet', '--all', '--message', 'x');
    };
    assert.deepEqual(
      await trips(commit, tree),
      both('head HEAD: moved', 'index the index: changed', 'tree a.txt: changed'),
    );
  });

  test('with a submodule, whose files are its own repository’s', async () => {
    const inner = repositoryOf({ 'x.txt': 'x\n' });
    const dir = repositoryOf(FILES);
    git(dir, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    commitAll(dir);
    const sub = join(dir, 'sub');
    assert.deepEqual(await trips(change(join(sub, 'x.txt')), dir), NOTHING);
    git(sub, 'checkout', '--quiet', '.');
    assert.deepEqual(await trips(change(join(sub, 'x.txt')), sub), both('tree x.txt: changed'));
  });

  test('without a commit', async () => {
    const dir = emptyDirectory();
    git(dir, 'init', '--quiet');
    writeFiles(dir, FILES);
    assert.deepEqual(await trips(() => {}, dir), NOTHING);
    assert.deepEqual(
      await trips(() => git(dir, 'add', 'a.txt'), dir),
      both('index the index: changed'),
    );
  });

  test('nowhere', () => assert.equal(watchTree(emptyDirectory()), null));
  test('with no git on PATH', () => {
    const dir = repositoryOf(FILES);
    assert.equal(watchTree(dir, { env: { ...gitEnv, PATH: emptyDirectory() } }), null);
  });
});

describe('what files are like', () => {
  test('those that filters change are compared as git sees them', async () => {
    const dir = repositoryOf({ '.gitattributes': '*.txt text eol=crlf\n', ...FILES });
    rmSync(join(dir, 'a.txt'));
    git(dir, 'checkout', '--quiet', '.');
    assert.equal(readFileSync(join(dir, 'a.txt'), 'utf8'), 'a\r\n');
    const touch = (): void => {
      renameSync(join(dir, 'a.txt'), join(dir, 'x'));
      writeFileSync(join(dir, 'a.txt'), 'a\r\n');
    };
    assert.deepEqual(await trips(touch, dir).then(({ told }) => told), []);
    const other = (): void => writeFileSync(join(dir, 'a.txt'), 'b\r\n');
    assert.deepEqual(await trips(other, dir), both('tree a.txt: changed'));
  });

  test('filters of a directory hold in a project below the top', async () => {
    const dir = repositoryOf({ 'src/.gitattributes': '*.txt text eol=crlf\n', ...FILES });
    rmSync(join(dir, 'src/b.txt'));
    git(dir, 'checkout', '--quiet', '.');
    const rewrite = (): void => {
      writeFileSync(join(dir, 'src/x'), 'b\r\n');
      renameSync(join(dir, 'src/x'), join(dir, 'src/b.txt'));
    };
    assert.deepEqual(await trips(rewrite, dir, join(dir, 'src')), NOTHING);
  });

  test('core.autocrlf', async () => {
    const dir = repositoryOf(FILES);
    git(dir, 'config', 'core.autocrlf', 'true');
    const rewrite = (): void => {
      writeFileSync(join(dir, 'x'), 'a\r\n');
      renameSync(join(dir, 'x'), join(dir, 'a.txt'));
    };
    assert.deepEqual(await trips(rewrite, dir).then(({ told }) => told), []);
  });

  test('symbolic links are compared by where they lead', async () => {
    const dir = repositoryOf(FILES);
    symlinkSync('a.txt', join(dir, 'link'));
    commitAll(dir);
    const anew = (target: string) => (): void => {
      unlinkSync(join(dir, 'link'));
      symlinkSync(target, join(dir, 'link'));
    };
    assert.deepEqual(await trips(anew('a.txt'), dir).then(({ told }) => told), []);
    assert.deepEqual(await trips(anew('src'), dir), both('tree link: changed'));
  });

  const names = [
    'new\nline',
    '"quoted"',
    'back\\slash',
    'ünï ✓',
    ' space ',
    'tab\t',
    ':(top)x',
    '-n',
  ];
  test('any name', async () => {
    const dir = repositoryOf(Object.fromEntries(names.map((name) => [`d/${name}`, `${name}\n`])));
    const all = (): void => {
      for (const name of names) writeFileSync(join(dir, 'd', name), 'other');
    };
    const lines = names.map((name) => `tree d/${name}: changed`).toSorted();
    assert.deepEqual(await trips(all, dir), both(...lines));
  });

  test('a name that is no UTF-8 is left out', async () => {
    const dir = repositoryOf(FILES);
    const file = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0x61])]);
    writeFileSync(file, 'x');
    commitAll(dir);
    assert.deepEqual(await trips(() => writeFileSync(file, 'y'), dir), NOTHING);
  });
});
