import assert from 'node:assert/strict';
import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { PindownError } from '../../../src/core/errors.ts';
import { command } from '../../../src/frameworks/command/index.ts';
import type { Collected, Suite } from '../../../src/frameworks/framework.ts';
import { installExecutable } from '../../../src/retry/install-executable.ts';
import {
  type JobRun,
  listContext,
  projectEnvironment,
  runJob,
  withDirectory,
  writeFiles,
} from '../conformance.ts';

interface Words {
  readonly args?: readonly string[];
  readonly patterns?: readonly string[];
  readonly results?: string;
  /** The suite's directory below the project's root. */
  readonly below?: string;
}

interface Commands {
  readonly dir: string;
  readonly list: (words?: Words, say?: (line: string) => void) => Promise<readonly string[]>;
  /** Runs the unit of that path; the only one where none is named. */
  readonly run: (words?: Words & { readonly unit?: string }) => Promise<Collected & JobRun>;
}

/** Hands over a project of these files for as long as the body takes. */
async function withCommands(
  files: Readonly<Record<string, string>>,
  body: (commands: Commands) => Promise<void>,
): Promise<void> {
  await withDirectory(async (root) => {
    const dir = join(root, 'project');
    const scratch = join(root, 'scratch');
    await mkdir(dir);
    await mkdir(scratch);
    await writeFiles(dir, files);
    const suiteOf = (words: Words): Suite => ({
      name: 'checks',
      framework: 'command',
      projectRoot: dir,
      dir: join(dir, words.below ?? '.'),
      args: words.args ?? ['sh', '{unit}'],
      env: {},
      version: null,
      data: {
        patterns: words.patterns ?? ['*.sh'],
        ...(words.results === undefined ? {} : { results: words.results }),
      },
    });
    const listed = async (words: Words, say?: (line: string) => void) => {
      const project = { suite: suiteOf(words), env: projectEnvironment(dir), scratch };
      return { project, units: await command.list(project.suite, listContext(project, say)) };
    };
    await body({
      dir,
      list: async (words = {}, say?) => (await listed(words, say)).units.map(({ path }) => path),
      run: async (words = {}) => {
        const { project, units } = await listed(words);
        const unit = units.find(({ path }) => words.unit === undefined || path === words.unit);
        assert.ok(unit, `a unit ${words.unit}`);
        const run = await runJob(command, project, [unit]);
        return { ...run.collected.get(unit.id)!, ...run };
      },
    });
  });
}

function outcomes(run: Collected): (readonly [string, string])[] {
  return run.tests.map(({ name, outcome }) => [name, outcome]);
}

function coded(code: string): (error: PindownError) => boolean {
  return (error) => error.code === code;
}

/** A script that writes its JUnit file. */
function writing(xml: string): string {
  return `printf '%s' '${xml}' > "$PINDOWN_JUNIT"`;
}

describe('command lists', () => {
  const files = {
    'b.sh': '',
    'a.sh': '',
    '.hidden.sh': '',
    'with space.sh': '',
    '[id].sh': '',
    'sub/c.sh': '',
    'dir.sh/x': '',
  };

  test('what globs and paths match, once each, sorted; no directories', async () => {
    await withCommands(files, async ({ list }) => {
      assert.deepEqual(await list({ patterns: ['**/*.sh', './a.sh', 'b.sh'] }), [
        '[id].sh',
        'a.sh',
        'b.sh',
        'sub/c.sh',
        'with space.sh',
      ]);
      assert.deepEqual(await list({ patterns: ['{b,nothing}.sh'] }), ['b.sh']);
    });
  });

  test('a name before a glob', async () => {
    await withCommands(files, async ({ list }) => {
      assert.deepEqual(await list({ patterns: ['[id].sh'] }), ['[id].sh']);
    });
  });

  test('a link that leads nowhere, so that its command says so', async () => {
    await withCommands(files, async ({ dir, list }) => {
      await symlink('nowhere', join(dir, 'link.sh'));
      assert.deepEqual(await list({ patterns: ['link*'] }), ['link.sh']);
    });
  });

  test('from the suite’s directory, named from the project’s root', async () => {
    await withCommands(files, async ({ list }) => {
      assert.deepEqual(await list({ patterns: ['*.sh', '../a.sh'], below: 'sub' }), [
        'a.sh',
        'sub/c.sh',
      ]);
    });
  });

  test('no two files as one: names that are not UTF-8 are refused', async () => {
    await withCommands({ 'a.sh': '', 'b\uFFFD.sh': '', 'deep/c.sh': '' }, async ({ dir, list }) => {
      assert.deepEqual(await list({ patterns: ['**/*.sh'] }), ['a.sh', 'b\uFFFD.sh', 'deep/c.sh']);
      const bytes = (name: string): Buffer => Buffer.from(`${dir}/${name}`, 'latin1');
      await writeFile(bytes('b\xff.sh'), '');
      const refused = (error: PindownError): boolean =>
        error.code === 'undecodable-name' &&
        error.message === `The directory ${dir} holds a name that is not UTF-8: "b\\xff.sh".`;
      await assert.rejects(list({ patterns: ['*.sh'] }), refused);
      await assert.rejects(list({ patterns: ['b\uFFFD.sh'] }), refused);
      await unlink(join(dir, 'b\uFFFD.sh'));
      await assert.rejects(list({ patterns: ['**/*.sh'] }), refused);
      await assert.rejects(list({ patterns: ['b\uFFFD.sh'] }), refused);
      assert.deepEqual(await list({ patterns: ['a*.sh'] }), ['a.sh']);
      await mkdir(bytes('deep/d\xfe'));
      await writeFile(bytes('deep/d\xfe/e.sh'), '');
      const said: string[] = [];
      const deep = await list({ patterns: ['deep/**/*.sh', 'deep/**/c.sh'] }, (line) => {
        said.push(line);
      });
      assert.deepEqual(deep, ['deep/c.sh']);
      assert.deepEqual(said, [
        `nothing is looked for in ${dir}/deep/d\\xfe: its name is not UTF-8`,
      ]);
    });
  });

  test('nothing without saying what is wrong', async () => {
    await withCommands(files, async ({ list }) => {
      await assert.rejects(list({ patterns: ['gone.sh'] }), (error: PindownError) => {
        assert.deepEqual([error.code, error.exitCode], ['unit-missing', 2]);
        assert.match(error.message, /"gone\.sh"/);
        return true;
      });
      await assert.rejects(list({ patterns: ['*.bats'] }), (error: PindownError) => {
        assert.deepEqual([error.code, error.exitCode], ['no-match', 4]);
        return true;
      });
      await assert.rejects(list({ patterns: ['sub'] }), coded('unit-is-directory'));
      await assert.rejects(list({ patterns: [] }), coded('no-patterns'));
      await assert.rejects(list({ args: [] }), coded('no-command'));
      await assert.rejects(list({ results: 'tab' }), (error: PindownError) => {
        assert.equal(error.hint, 'Did you mean tap?');
        return true;
      });
    });
  });

  test('is found only where it is asked for', async () => {
    await withCommands(files, async ({ dir }) => {
      assert.equal(await command.detect({ dir, env: {}, forced: false }), null);
      assert.notEqual(await command.detect({ dir, env: {}, forced: true }), null);
    });
  });
});

describe('command starts', () => {
  test('the template, or the path as last word', async () => {
    await withCommands({ '$& x.sh': '' }, async ({ run }) => {
      const print = 'for word; do echo "[$word]"; done';
      const filled = await run({ args: ['sh', '-c', print, 'sh', '--of={unit}', '{unit}'] });
      assert.equal(filled.stdout, '[--of=$& x.sh]\n[$& x.sh]\n');
      const appended = await run({ args: ['sh', '-c', print, 'sh'] });
      assert.equal(appended.stdout, '[$& x.sh]\n');
    });
  });

  test('the unit itself, found without PATH', async () => {
    await withCommands({}, async ({ dir, run }) => {
      await installExecutable(dir, 'true.sh', '#!/bin/sh\necho own\n');
      assert.equal((await run({ args: ['{unit}'] })).stdout, 'own\n');
    });
  });

  test('in the suite’s directory, and never takes a name for an option', async () => {
    await withCommands({ 'sub/-c.sh': 'basename "$PWD"' }, async ({ run }) => {
      assert.equal((await run({ below: 'sub' })).stdout, 'sub\n');
    });
  });
});

describe('command reads an exit status', () => {
  test('0 as passed, anything else as failed with the last words', async () => {
    const files = {
      'pass.sh': 'echo fine',
      'fail.sh': 'echo out; echo "why it failed" >&2; exit 3',
      'quiet.sh': 'echo said on stdout; exit 1',
    };
    await withCommands(files, async ({ run }) => {
      const passed = await run({ unit: 'pass.sh' });
      assert.deepEqual(outcomes(passed), [['pass.sh', 'passed']]);
      assert.deepEqual([passed.begun, passed.ended, passed.exitAgrees], [true, true, true]);
      const failed = await run({ unit: 'fail.sh' });
      assert.equal(failed.tests[0]?.message, 'exit status 3\nwhy it failed');
      assert.deepEqual([failed.ended, failed.exitAgrees], [true, true]);
      const quiet = await run({ unit: 'quiet.sh' });
      assert.equal(quiet.tests[0]?.message, 'exit status 1\nsaid on stdout');
    });
  });

  test('a death by a signal as no end', async () => {
    await withCommands({ 'a.sh': 'kill -9 $$' }, async ({ run }) => {
      const died = await run();
      assert.deepEqual([died.begun, died.ended, died.tests], [true, false, []]);
    });
  });

  test('alone, where that is asked for', async () => {
    const files = { 'a.sh': 'echo 1..1; echo not ok 1; echo "<" > "$PINDOWN_JUNIT"' };
    await withCommands(files, async ({ run }) => {
      assert.deepEqual(outcomes(await run({ results: 'exit' })), [['a.sh', 'passed']]);
    });
  });
});

describe('command reads TAP', () => {
  test('wherever it begins in what the program says', async () => {
    const files = {
      'a.sh': 'printf "\\n1..2\\nok 1 - a\\nnot ok 2 - b\\n# why\\n"; exit 1',
      'late.sh': 'echo building...; echo 1..2; echo ok 1; echo not ok 2; exit 0',
      'version.sh': 'echo hello; echo TAP version 14; echo 1..1; echo ok',
      'trailing.sh': 'echo hello; echo ok 1 - a; echo bye; echo not ok 2 - b; echo 1..2; exit 1',
    };
    await withCommands(files, async ({ run }) => {
      const first = await run({ unit: 'a.sh' });
      assert.deepEqual(outcomes(first), [
        ['a', 'passed'],
        ['b', 'failed'],
      ]);
      assert.equal(first.tests[1]?.message, 'why');
      assert.deepEqual([first.begun, first.ended, first.exitAgrees], [true, true, true]);
      const late = await run({ unit: 'late.sh' });
      assert.deepEqual(outcomes(late), [
        ['test 1', 'passed'],
        ['test 2', 'failed'],
      ]);
      assert.equal(late.exitAgrees, false);
      assert.deepEqual(outcomes(await run({ unit: 'version.sh' })), [['test 1', 'passed']]);
      assert.equal((await run({ unit: 'trailing.sh' })).tests[1]?.outcome, 'failed');
    });
  });

  test('not in a word that many programs say, unless it is asked for', async () => {
    await withCommands({ 'a.sh': 'echo hello; echo ok' }, async ({ run }) => {
      assert.deepEqual(outcomes(await run()), [['a.sh', 'passed']]);
      const asked = await run({ results: 'tap' });
      assert.deepEqual(asked.errors, ['the document has no plan']);
    });
  });

  test('that may be cut off as a doubt, where the exit status says that all is well', async () => {
    const files = {
      'green.sh': 'echo hello; echo not ok 1 - a; exit 0',
      'red.sh': 'echo hello; echo not ok 1 - a; exit 3',
    };
    await withCommands(files, async ({ run }) => {
      const green = await run({ unit: 'green.sh' });
      assert.deepEqual([green.ended, green.exitAgrees, green.tests], [true, false, []]);
      assert.match(green.errors[0] ?? '', /not whole: a line says "not ok", .* results = "exit"/);
      const asked = await run({ unit: 'green.sh', results: 'exit' });
      assert.deepEqual([outcomes(asked), asked.exitAgrees], [[['green.sh', 'passed']], true]);
      const red = await run({ unit: 'red.sh' });
      assert.deepEqual([outcomes(red), red.exitAgrees], [[['red.sh', 'failed']], true]);
    });
  });

  test('against the exit status', async () => {
    const files = {
      'liar.sh': 'echo 1..1; echo not ok 1; exit 0',
      'late.sh': 'echo 1..1; echo ok 1; exit 1',
    };
    await withCommands(files, async ({ run }) => {
      assert.equal((await run({ unit: 'liar.sh' })).exitAgrees, false);
      assert.equal((await run({ unit: 'late.sh' })).exitAgrees, false);
    });
  });

  test('that stops early as not ended, and nothing at all as not begun', async () => {
    const files = {
      'short.sh': 'echo 1..2; echo ok 1',
      'killed.sh': 'echo 1..1; echo ok 1; kill -9 $$',
      'none.sh': 'true',
    };
    await withCommands(files, async ({ run }) => {
      const short = await run({ unit: 'short.sh' });
      assert.deepEqual([short.begun, short.ended], [true, false]);
      assert.deepEqual(short.errors, ['the document planned 2 tests and reported 1']);
      assert.equal((await run({ unit: 'killed.sh' })).ended, false);
      const none = await run({ unit: 'none.sh', results: 'tap' });
      assert.deepEqual([none.begun, none.ended], [false, false]);
    });
  });

  test('that bails out as not ended', async () => {
    await withCommands(
      { 'a.sh': 'echo 1..1; echo ok 1; echo "Bail out! disk"' },
      async ({ run }) => {
        const { ended, exitAgrees, errors } = await run();
        assert.deepEqual([ended, exitAgrees, errors], [false, false, ['Bail out! disk']]);
      },
    );
  });

  test('that skips everything as one skipped test', async () => {
    await withCommands({ 'a.sh': 'echo "1..0 # SKIP no network"' }, async ({ run }) => {
      const { tests, ended, exitAgrees } = await run();
      assert.deepEqual([ended, exitAgrees], [true, true]);
      assert.deepEqual([tests[0]?.outcome, tests[0]?.message], ['skipped', 'no network']);
    });
  });

  test('line by line, however long a line', async () => {
    const flood = 'head -c 3000000 /dev/zero | tr "\\0" x; echo';
    const files = { 'a.sh': `echo 1..2; echo ok 1; ${flood}; echo ok 2; printf '\\377\\n'` };
    await withCommands(files, async ({ run }) => {
      assert.deepEqual([(await run()).tests.length, (await run()).ended], [2, true]);
    });
  });
});

/** A script that writes a green JUnit file with these counters. */
function counting(counters: string): string {
  return writing(`<testsuite ${counters}><testcase name="a"/></testsuite>`);
}

describe('command reads JUnit', () => {
  const xml =
    '<testsuite name="s"><testcase name="a" time="0.5" file="lib/a.c" line="3"/></testsuite>';

  test('before TAP and the exit status', async () => {
    await withCommands({ 'a.sh': `echo 1..1; echo not ok 1; ${writing(xml)}` }, async ({ run }) => {
      const { tests, begun, ended, exitAgrees } = await run();
      assert.deepEqual([begun, ended, exitAgrees], [true, true, true]);
      assert.deepEqual(tests, [
        {
          name: 's > a',
          occurrence: 1,
          outcome: 'passed',
          durationMs: 500,
          message: null,
          location: { file: 'lib/a.c', line: 3, column: null },
        },
      ]);
      assert.equal((await run({ below: '.' })).tests.length, 1);
    });
  });

  test('against the exit status', async () => {
    const failing = '<testsuite><testcase name="a"><failure/></testcase></testsuite>';
    const files = { 'a.sh': writing(failing), 'b.sh': `${writing(xml)}; exit 1` };
    await withCommands(files, async ({ run }) => {
      assert.equal((await run({ unit: 'a.sh' })).exitAgrees, false);
      assert.equal((await run({ unit: 'b.sh' })).exitAgrees, false);
    });
  });

  test('that contradicts itself as an error', async () => {
    const files = {
      'a.sh': counting('tests="1" failures="1"'),
      'b.sh': `${counting('tests="10"')}; exit 1`,
    };
    await withCommands(files, async ({ run }) => {
      const green = await run({ unit: 'a.sh' });
      assert.deepEqual([green.ended, green.exitAgrees], [true, false]);
      assert.match(green.errors[0] ?? '', /^the report contradicts itself: .* says failures="1"/);
      const red = await run({ unit: 'b.sh' });
      assert.deepEqual([red.ended, red.exitAgrees, red.errors.length], [true, true, 1]);
    });
  });

  test('that is cut off or missing as an error', async () => {
    const files = { 'a.sh': `${writing(xml.slice(0, -5))}; exit 1`, 'b.sh': 'true' };
    await withCommands(files, async ({ run }) => {
      const cut = await run({ unit: 'a.sh' });
      assert.match(cut.errors[0] ?? '', /^the JUnit file can't be read: /);
      assert.deepEqual([cut.begun, cut.ended, cut.tests.length], [true, false, 1]);
      const missing = await run({ unit: 'b.sh', results: 'junit' });
      assert.match(missing.errors[0] ?? '', /no JUnit file/);
      assert.deepEqual([missing.begun, missing.ended], [false, false]);
    });
  });
});
