import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { PindownError } from '../../../src/core/errors.ts';
import { cargo } from '../../../src/frameworks/cargo/index.ts';
import { projectEnvironment } from '../conformance.ts';
import {
  type SmallSuite,
  type SmallSuiteOptions,
  outcomesOf,
  withSmallSuite,
} from '../suite-in.ts';

/** Directories with a cargo, each of its own release. */
const CARGOS = [...new Set(['/usr/bin', ...(process.env['PATH'] ?? '').split(':')])].filter(
  (directory) => existsSync(join(directory, 'cargo')),
);

function versionOf(directory: string): string {
  return execFileSync(join(directory, 'cargo'), ['--version'], { encoding: 'utf8' }).trim();
}

const BY_VERSION = new Map(CARGOS.map((directory) => [versionOf(directory), directory]));

function manifest(name: string, more = ''): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;
}

const FAST = '[profile.dev]\ndebug = 0\n';

describe('cargo test', { skip: BY_VERSION.size === 0 && 'cargo is not installed' }, () => {
  test('is found by its manifest, and says what is missing', async () => {
    await withSmallSuite(cargo, { 'Cargo.toml': manifest('a') }, async ({ dir }) => {
      const detection = await cargo.detect({ dir, env: {}, forced: false });
      assert.deepEqual([detection?.strength, detection?.because], [2, 'Cargo.toml']);
      const above = dirname(dir);
      assert.equal(await cargo.detect({ dir: above, env: {}, forced: false }), null);
      await assert.rejects(cargo.detect({ dir: above, env: {}, forced: true }), /no Cargo\.toml/);
    });
  });

  for (const [version, directory] of BY_VERSION) testWith(version, directory);
});

function testWith(version: string, directory: string): void {
  const withCargo = async (
    files: Readonly<Record<string, string>>,
    body: (suite: SmallSuite) => Promise<void>,
    options: SmallSuiteOptions = {},
  ): Promise<void> => {
    const PATH = `${directory}:${process.env['PATH']}`;
    await withSmallSuite(cargo, files, body, { ...options, env: { PATH } });
  };

  const refusal = async (
    files: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Promise<string> => {
    let code = 'none';
    await withCargo(
      files,
      async ({ list }) =>
        await assert.rejects(list(), (error: PindownError) => {
          code = error.code;
          return true;
        }),
      { args },
    );
    return code;
  };

  describe(version, () => {
    test('runs the binaries and doc tests of a workspace', async () => {
      await withCargo(
        {
          'Cargo.toml': `[workspace]\nmembers = ["one", "two"]\n${FAST}`,
          'one/Cargo.toml': manifest(
            'one',
            '[[test]]\nname = "own"\npath = "own.rs"\nharness = false\n',
          ),
          'one/src/lib.rs': `
/// \`\`\`
/// assert_eq!(one::one(), 1);
/// \`\`\`
/// \`\`\`
/// println!("test src/lib.rs - fake (line 1) ... ok");
/// assert_eq!(one::one(), 2, "in a doc test");
/// \`\`\`
/// \`\`\`ignore
/// nothing
/// \`\`\`
pub fn one() -> u32 { 1 }

#[cfg(test)]
mod tests {
    #[test]
    #[should_panic(expected = "of this")]
    fn other_panic() { panic!("of that") }
    #[test]
    fn result() -> Result<(), String> { Err("not good".into()) }
    #[test]
    #[ignore = "why not"]
    fn ignored() {}
}
`,
          'one/src/main.rs': 'fn main() {}\n',
          'one/own.rs': 'fn main() { eprintln!("own words"); std::process::exit(3) }\n',
          'one/examples/show.rs': 'fn main() {}\n',
          'two/Cargo.toml': manifest('two', '[dependencies]\none = { path = "../one" }\n'),
          'two/src/lib.rs': '',
          'two/tests/it.rs': `
#[test]
fn place() {
    assert_eq!(std::env::current_dir().unwrap().file_name().unwrap(), "two");
    assert_eq!(std::env::var("CARGO_PKG_NAME").unwrap(), "two");
    assert_eq!(one::one(), 1);
}
`,
        },
        async ({ paths, run, said }) => {
          assert.deepEqual(await paths(), ['one', 'one::doc/one', 'one::own', 'two::it']);
          assert.deepEqual(said, [
            'building the tests of 2 packages',
            'without a test, so not run: one::bin/one, two',
          ]);
          const unit = await run('one');
          assert.deepEqual(outcomesOf(unit), [
            ['tests > ignored', 'skipped'],
            ['tests > other_panic', 'failed'],
            ['tests > result', 'failed'],
          ]);
          const [ignored, panic] = unit.tests;
          assert.equal(ignored?.message, 'why not');
          assert.match(panic?.message ?? '', /^panic did not contain expected string[^]*of that/);
          assert.deepEqual([panic?.location?.file, panic?.location?.line], ['one/src/lib.rs', 18]);
          assert.deepEqual([unit.begun, unit.ended, unit.exitAgrees], [true, true, true]);

          const doc = await run('one::doc/one');
          assert.deepEqual(
            doc.tests.map(({ name, outcome }) => [/\(.*\)/.exec(name)?.[0], outcome]),
            [
              ['(line 2)', 'passed'],
              ['(line 5)', 'failed'],
              ['(line 9)', 'skipped'],
            ],
          );
          assert.match(doc.tests[1]?.message ?? '', /in a doc test/);
          assert.deepEqual(doc.tests[1]?.location, {
            file: 'one/src/lib.rs',
            line: 5,
            column: null,
          });
          assert.deepEqual([doc.ended, doc.exitAgrees], [true, true]);

          const own = await run('one::own');
          assert.deepEqual(outcomesOf(own), [['one::own', 'failed']]);
          assert.equal(own.tests[0]?.message, 'exit status 3\nown words');

          assert.deepEqual(outcomesOf(await run('two::it')), [['place', 'passed']]);
        },
      );
    });

    test('lays what does not compile at its own target', async () => {
      await withCargo(
        {
          'Cargo.toml': manifest(
            'a',
            `[features]\nextra = []\n[[test]]\nname = "needs"\nrequired-features = ["extra"]\n${FAST}`,
          ),
          'src/lib.rs': '/// ```\n/// a::a();\n/// ```\npub fn a() {}\n',
          'tests/good.rs': '#[test]\nfn good() {}\n',
          'tests/bad.rs': '#[test]\nfn bad() { missing(); }\n',
          'tests/needs.rs': '#[test]\nfn needs() {}\n',
          'examples/broken.rs': 'fn main() { absent(); }\n',
        },
        async ({ paths, run }) => {
          assert.deepEqual(await paths(), ['a::bad', 'a::doc/a', 'a::example/broken', 'a::good']);
          const bad = await run('a::bad');
          assert.deepEqual([bad.begun, bad.ended, bad.tests], [false, false, []]);
          assert.match(bad.errors[0] ?? '', /cannot find function `missing`/);
          assert.match((await run('a::example/broken')).errors[0] ?? '', /`absent`/);
          assert.deepEqual(outcomesOf(await run('a::good')), [['good', 'passed']]);
          assert.equal((await run('a::doc/a')).tests.length, 1);
        },
      );
    });

    test('honours features, choices and filters; passes over what they leave nothing of', async () => {
      await withCargo(
        {
          'Cargo.toml': manifest('a', `[features]\nextra = []\n${FAST}`),
          'src/lib.rs':
            '/// ```\n/// a::a();\n/// ```\npub fn a() {}\n' +
            '#[test]\nfn of_lib() {}\n#[cfg(feature = "extra")]\n#[test]\nfn wanted() {}\n',
          'tests/one.rs': '#[test]\nfn other() {}\n',
        },
        async ({ paths, run }) => {
          assert.deepEqual(await paths(), ['a']);
          assert.deepEqual(outcomesOf(await run('a')), [['wanted', 'passed']]);
        },
        { args: ['--features', 'extra', 'wanted', '--', '--nocapture'] },
      );
    });

    test('gives the very environment that cargo test gives', async () => {
      await withCargo(
        {
          'Cargo.toml': manifest('a', `build = "build.rs"\n[lib]\ndoctest = false\n${FAST}`),
          '.cargo/config.toml': '[env]\nFROM_CONFIG = "yes"\n',
          'build.rs': 'fn main() { println!("cargo:rustc-env=FROM_BUILD=yes"); }\n',
          'src/lib.rs': `
#[test]
fn environment() {
    let mut all: Vec<_> = std::env::vars().map(|(k, v)| format!("{k}={v}")).collect();
    all.retain(|line| !["PWD", "OLDPWD", "_", "SHLVL"].contains(&line.split('=').next().unwrap()));
    all.sort();
    panic!("<<{}>>", all.join("\\n"));
}
`,
        },
        async ({ dir, run }) => {
          const { tests } = await run('a');
          const env = { ...projectEnvironment(dir), PATH: `${directory}:${process.env['PATH']}` };
          const { stdout } = spawnSync('cargo', ['test'], { cwd: dir, env, encoding: 'utf8' });
          const [given] = /<<[^]*>>/.exec(stdout) ?? [];
          assert.match(given ?? '', /FROM_CONFIG=yes/);
          assert.equal(/<<[^]*>>/.exec(tests[0]?.message ?? '')?.[0], given);
        },
      );
    });

    test('says what cargo refuses', async () => {
      const files = { 'Cargo.toml': manifest('a'), 'src/lib.rs': '' };
      assert.equal(await refusal({ 'Cargo.toml': '[package' }), 'cargo-metadata-failed');
      assert.equal(await refusal(files, ['--no-such-option']), 'cargo-build-failed');
      assert.equal(await refusal(files, ['-p', 'nobody']), 'cargo-build-failed');
      assert.equal(await refusal(files, ['--no-run']), 'cargo-option');
    });
  });
}
