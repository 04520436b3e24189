import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { PindownError } from '../../../src/core/errors.ts';
import { go } from '../../../src/frameworks/go/index.ts';
import {
  type SmallSuite,
  type SmallSuiteOptions,
  outcomesOf,
  withSmallSuite,
} from '../suite-in.ts';
import { projectEnvironment } from '../conformance.ts';

const skip = hasGo() ? false : 'go is not installed';

function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const MODULE = { 'go.mod': 'module example.test/suite\n\ngo 1.19\n' };

async function withGo(
  files: Readonly<Record<string, string>>,
  body: (suite: SmallSuite) => Promise<void>,
  options?: SmallSuiteOptions,
): Promise<void> {
  await withSmallSuite(go, { ...MODULE, ...files }, body, options);
}

/** A test file of a package called `p`. */
function testFile(body: string, imports: readonly string[] = []): string {
  const all = ['testing', ...imports].map((name) => `import "${name}"\n`).join('');
  return `package p\n\n${all}\n${body}\n`;
}

const EMPTY = testFile('func TestA(t *testing.T) {}');

/** A package whose second test is this statement. */
function leavingBy(statement: string): Readonly<Record<string, string>> {
  const tests = `func TestBefore(t *testing.T) {}
func TestLeaves(t *testing.T) { ${statement} }`;
  return { 'p_test.go': testFile(tests, ['syscall']) };
}

/** A package with one test and this TestMain. */
function withMain(body: string): Readonly<Record<string, string>> {
  const tests = `func TestMain(m *testing.M) { ${body} }
func TestA(t *testing.T) {}`;
  return { 'p_test.go': testFile(tests, ['os']) };
}

describe('go test lists', { skip }, () => {
  test('packages with tests, by import path, and not those that go leaves out', async () => {
    await withGo(
      {
        'b/p_test.go': EMPTY,
        'a/x/p_test.go': EMPTY,
        'lib/p.go': 'package p\n',
        'testdata/p_test.go': EMPTY,
        '_old/p_test.go': EMPTY,
        'nested/go.mod': 'module example.test/nested\n',
        'nested/p_test.go': EMPTY,
        'tagged/p_test.go': `//go:build special\n\n${EMPTY}`,
        'tagged/p.go': 'package p\n',
      },
      async ({ paths, said }) => {
        assert.deepEqual(await paths(), ['example.test/suite/a/x', 'example.test/suite/b']);
        assert.deepEqual(said, ['building the tests of ./...']);
      },
    );
  });

  test('what its arguments and GOFLAGS ask for', async () => {
    const files = {
      'a/p_test.go': EMPTY,
      'tagged/p_test.go': `//go:build special\n\n${EMPTY}`,
      'tagged/p.go': 'package p\n',
    };
    const tagged = ['example.test/suite/a', 'example.test/suite/tagged'];
    await withGo(files, async ({ paths }) => assert.deepEqual(await paths(), tagged), {
      args: ['-tags', 'special'],
    });
    await withGo(files, async ({ paths }) => assert.deepEqual(await paths(), tagged), {
      env: { GOFLAGS: '-tags=special' },
    });
    await withGo(files, async ({ paths }) => assert.deepEqual(await paths(), [tagged[0]]), {
      args: ['-short', './a', '-args', './b'],
    });
  });

  test('with -run, packages in which something is asked for', async () => {
    await withGo(
      { 'a/p_test.go': EMPTY, 'b/p_test.go': testFile('func TestB(t *testing.T) {}') },
      async ({ paths, run }) => {
        assert.deepEqual(await paths(), ['example.test/suite/b']);
        assert.deepEqual(outcomesOf(await run()), [['TestB', 'passed']]);
      },
      { args: ['-run', '^TestB$/x'] },
    );
  });

  test('the modules of a workspace', async () => {
    await withSmallSuite(
      go,
      {
        'go.work': 'go 1.19\n\nuse (\n\t./one\n\t./two\n)\n',
        'one/go.mod': 'module example.test/one\n\ngo 1.19\n',
        'one/p_test.go': EMPTY,
        'two/go.mod': 'module example.test/two\n\ngo 1.19\n',
        'two/sub/p_test.go': EMPTY,
      },
      async ({ paths }) => {
        assert.deepEqual(await paths(), ['example.test/one', 'example.test/two/sub']);
      },
    );
  });

  test('what can’t be built, loaded or vetted, each with its own reason', async () => {
    await withGo(
      {
        'good/p_test.go': EMPTY,
        'build/p_test.go': testFile('func TestA(t *testing.T) { missing() }'),
        'load/p_test.go': testFile('func TestA(t *testing.T) {}', ['example.test/suite/nowhere']),
        'vet/p_test.go': testFile('func TestA(t *testing.T) { t.Logf("%d", "x") }'),
        'dep/p.go': 'package dep\n\nfunc F() int { return "x" }\n',
        'uses/p_test.go': testFile('func TestA(t *testing.T) { dep.F() }', [
          'example.test/suite/dep',
        ]),
      },
      async ({ paths, run }) => {
        const all = ['build', 'dep', 'good', 'load', 'uses', 'vet'];
        const names = all.map((name) => `example.test/suite/${name}`);
        // Go 1.19 has nothing to say of a package without tests that does not build.
        assert.deepEqual(
          (await paths()).filter((path) => !path.endsWith('/dep')),
          names.filter((path) => !path.endsWith('/dep')),
        );
        for (const [name, pattern] of [
          ['build', /undefined: missing/],
          ['load', /nowhere/],
          ['vet', /Logf format %d/],
          ['uses', /cannot use "x"/],
        ] as const) {
          const { begun, ended, errors, tests } = await run(`example.test/suite/${name}`);
          assert.deepEqual([begun, ended, tests], [false, false, []], name);
          assert.match(errors[0] ?? '', pattern);
        }
        const build = await run('example.test/suite/build');
        assert.doesNotMatch(build.errors[0] ?? '', /nowhere|Logf/);
        assert.deepEqual(outcomesOf(await run('example.test/suite/good')), [['TestA', 'passed']]);
      },
    );
  });

  test('nothing where there is no package, and says what go refuses', async () => {
    await withGo({}, async ({ paths }) => assert.deepEqual(await paths(), []));
    const refused = async (
      options: SmallSuiteOptions,
      files: Readonly<Record<string, string>>,
    ): Promise<string> => {
      let code = 'none';
      await withGo(
        { 'p_test.go': EMPTY, ...files },
        async ({ list }) =>
          await assert.rejects(list(), (error: PindownError) => {
            code = error.code;
            return true;
          }),
        options,
      );
      return code;
    };
    assert.equal(await refused({ args: ['-c'] }, {}), 'go-flag');
    assert.equal(await refused({ args: ['--exec=qemu'] }, {}), 'go-flag');
    assert.equal(await refused({ args: ['-race=perhaps'] }, {}), 'go-usage');
    assert.equal(await refused({}, { 'go.mod': 'modul x' }), 'go-list-failed');
  });

  test('is found by its module, and says what is missing', async () => {
    await withGo({}, async ({ dir }) => {
      const detection = await go.detect({ dir, env: {}, forced: false });
      assert.deepEqual([detection?.strength, detection?.because], [2, 'go.mod']);
      assert.equal(await go.detect({ dir: '/', env: {}, forced: false }), null);
      await assert.rejects(go.detect({ dir: '/', env: {}, forced: true }), /no go\.mod/);
    });
  });
});

describe('go test runs', { skip }, () => {
  test('in the package’s directory, as go test starts it', async () => {
    await withGo(
      {
        'sub/testdata/x': 'found',
        'sub/p_test.go': testFile(
          `func TestData(t *testing.T) {
	data, err := os.ReadFile("testdata/x")
	if err != nil || string(data) != "found" { t.Fatal(err) }
}
func TestStart(t *testing.T) {
	if filepath.Base(os.Args[0]) != "sub.test" { t.Error(os.Args) }
	if len(os.Args) < 2 || os.Args[len(os.Args)-1] != "own words" { t.Errorf("%q", os.Args) }
	if testing.Short() == false { t.Error("not short") }
}`,
          ['os', 'path/filepath'],
        ),
      },
      async ({ run }) => {
        const { tests, exitAgrees, ended } = await run();
        assert.deepEqual(
          tests.map((one) => one.message),
          [null, null],
        );
        assert.deepEqual([ended, exitAgrees], [true, true]);
      },
      { args: ['-short', './...', '-args', 'own words'] },
    );
  });

  test('in the very environment that go test gives', async () => {
    const file = testFile(
      `func TestEnvironment(t *testing.T) {
	all := os.Environ()
	sort.Strings(all)
	t.Logf("%q", all)
	t.Fail()
}`,
      ['os', 'sort'],
    );
    await withGo({ 'p_test.go': file }, async ({ dir, run }) => {
      const { tests } = await run();
      const { stdout } = spawnSync('go', ['test'], {
        cwd: dir,
        env: projectEnvironment(dir),
        encoding: 'utf8',
      });
      const [given] = /\[".*"\]/.exec(stdout) ?? [];
      assert.ok(given);
      assert.ok(tests[0]?.message?.includes(given), `${tests[0]?.message}\n${given}`);
    });
  });

  test('subtests, skips, seeds and examples, whole; no benchmarks', async () => {
    const file = testFile(
      `func TestSub(t *testing.T) {
	t.Run("a b", func(t *testing.T) {
		t.Run("deep", func(t *testing.T) { t.Error("deep down") })
	})
	t.Run("a b", func(t *testing.T) { t.Skip("why") })
}
func FuzzSeeds(f *testing.F) {
	f.Add("x")
	f.Fuzz(func(t *testing.T, s string) {})
}
func ExampleOne() {
	fmt.Println("1")
	// Output: 2
}
func ExampleNone() { fmt.Println("never run") }
func BenchmarkOne(b *testing.B) { b.Fatal("never run") }`,
      ['fmt'],
    );
    await withGo({ 'sub/p_test.go': file }, async ({ run }) => {
      const { tests, ended, exitAgrees } = await run();
      assert.deepEqual(
        tests.map((one) => [one.name, one.outcome]),
        [
          ['TestSub', 'failed'],
          ['TestSub > a_b', 'failed'],
          ['TestSub > a_b > deep', 'failed'],
          ['TestSub > a_b#01', 'skipped'],
          ['FuzzSeeds', 'passed'],
          ['FuzzSeeds > seed#0', 'passed'],
          ['ExampleOne', 'failed'],
        ],
      );
      const by = new Map(tests.map((one) => [one.name, one]));
      const deep = by.get('TestSub > a_b > deep');
      assert.match(deep?.message ?? '', /deep down/);
      assert.deepEqual(deep?.location, { file: 'sub/p_test.go', line: 8, column: null });
      assert.match(by.get('TestSub > a_b#01')?.message ?? '', /why/);
      assert.match(by.get('ExampleOne')?.message ?? '', /got:\n1\nwant:\n2/);
      assert.deepEqual(by.get('FuzzSeeds')?.location, {
        file: 'sub/p_test.go',
        line: 12,
        column: null,
      });
      assert.ok(tests.every((one) => typeof one.durationMs === 'number'));
      assert.deepEqual([ended, exitAgrees], [true, true]);
    });
  });

  test('a panic: laid at the test that it ended', async () => {
    const file = testFile(
      `func TestFine(t *testing.T) {}
func TestOuter(t *testing.T) {
	t.Run("panics", func(t *testing.T) {
		var m map[string]int
		m["x"] = 1
	})
}`,
    );
    await withGo({ 'p_test.go': file }, async ({ run }) => {
      const { tests, errors, ended, ending, begun } = await run();
      assert.deepEqual([begun, ended, ending.exitCode, errors], [true, false, 2, []]);
      const [, , inner] = tests;
      assert.deepEqual([inner?.name, inner?.outcome], ['TestOuter > panics', 'failed']);
      assert.match(inner?.message ?? '', /panic: assignment to entry in nil map/);
      assert.deepEqual(inner?.location, { file: 'p_test.go', line: 9, column: null });
    });
  });

  test('a panic outside of the test: with what ran', async () => {
    const file = testFile(
      `func TestOuter(t *testing.T) {
	t.Run("waits", func(t *testing.T) {
		go func() { panic("in the background") }()
		select {}
	})
}`,
    );
    await withGo({ 'p_test.go': file }, async ({ run }) => {
      const { tests, errors, ended } = await run();
      assert.deepEqual([tests, ended], [[], false]);
      assert.match(errors[0] ?? '', /^while TestOuter\/waits ran: panic: in the background/);
    });
  });

  test('its own time limit, where the arguments give one', async () => {
    const file = testFile('func TestStuck(t *testing.T) { time.Sleep(time.Hour) }', ['time']);
    await withGo(
      { 'p_test.go': file },
      async ({ run }) => {
        const { errors, ended } = await run();
        assert.equal(ended, false);
        assert.match(errors[0] ?? '', /while TestStuck ran: panic: test timed out after 10ms/);
      },
      { args: ['-timeout=10ms'] },
    );
  });

  test('a process that leaves early is not ended', async () => {
    await withGo(leavingBy('syscall.Exit(0)'), async ({ run }) => {
      const { begun, ended, ending, errors } = await run();
      assert.deepEqual([begun, ended, ending.exitCode], [true, false, 0]);
      assert.match(errors[0] ?? '', /^while TestLeaves ran: /);
    });
    await withGo(leavingBy('syscall.Exit(7)'), async ({ run }) => {
      const { ended, tests, exitAgrees } = await run();
      assert.deepEqual([ended, tests.length, exitAgrees], [false, 1, true]);
    });
  });

  test('a TestMain decides on the exit status', async () => {
    await withGo(withMain('os.Exit(m.Run())'), async ({ run }) => {
      const { ended, exitAgrees } = await run();
      assert.deepEqual([ended, exitAgrees], [true, true]);
    });
    await withGo(withMain('m.Run(); os.Exit(3)'), async ({ run }) => {
      const { ended, exitAgrees, errors } = await run();
      assert.deepEqual([ended, exitAgrees, errors], [true, false, []]);
    });
    await withGo(withMain('os.Exit(0)'), async ({ run }) => {
      const { begun, ended } = await run();
      assert.deepEqual([begun, ended], [false, false]);
    });
    await withGo(withMain('println("no server"); os.Exit(1)'), async ({ run }) => {
      const { begun, errors } = await run();
      assert.deepEqual([begun, errors], [false, ['no server']]);
    });
  });

  test('a package that fails though its tests did not', async () => {
    const file = testFile('func TestA(t *testing.T) {}');
    const main = 'package p\n\nimport ("fmt"; "os"; "testing")\n\n';
    const body = 'func TestMain(m *testing.M) { m.Run(); fmt.Println("FAIL"); os.Exit(1) }\n';
    await withGo({ 'a_test.go': file, 'm_test.go': main + body }, async ({ run }) => {
      const { errors, exitAgrees } = await run();
      assert.match(errors[0] ?? '', /example\.test\/suite failed, though none of its tests did/);
      assert.equal(exitAgrees, true);
    });
  });

  test('the whole run where coverage is asked for', async () => {
    await withGo(
      { 'p_test.go': EMPTY, 'p.go': 'package p\n\nfunc F() int { return 1 }\n' },
      async ({ run }) => {
        const { ended, exitAgrees, ending } = await run();
        assert.deepEqual([ended, exitAgrees, ending.exitCode], [true, true, 0]);
      },
      { args: ['-cover', '-coverprofile=cover.out'] },
    );
  });

  test('each time, where -count asks for more than one', async () => {
    await withGo(
      { 'p_test.go': EMPTY },
      async ({ run }) => {
        const { tests } = await run();
        assert.deepEqual(
          tests.map((one) => [one.name, one.occurrence]),
          [
            ['TestA', 1],
            ['TestA', 2],
          ],
        );
      },
      { args: ['-count=2'] },
    );
  });
});
