import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type ConformanceCase, writeFiles } from '../conformance.ts';

const FILES: Readonly<Record<string, string>> = {
  'Cargo.toml': `
[package]
name = "suite"
version = "0.1.0"
edition = "2021"

[profile.dev]
debug = 0
`,

  // One test after the other, so that what came before a crash is known.
  '.cargo/config.toml': '[env]\nRUST_TEST_THREADS = "1"\n',

  // Neither a library nor a test file without a test is a unit: most have none.
  'src/lib.rs': 'pub fn one() -> u32 { 1 }\n',
  'tests/nothing.rs': 'pub fn helper() {}\n',

  'tests/pass.rs': `
mod outer {
    mod inner {
        #[test]
        fn nested() { assert_eq!(suite::one(), 1); }
    }
}

macro_rules! family {
    ($($name:ident: $n:expr),*) => { $( #[test] fn $name() { assert!($n > 0); } )* };
}
family!(family_1: 1, family_2: 2);
`,

  'tests/fail.rs': `
#[test]
fn a_passes() {}

#[test]
fn b_fails() { panic!("expected-failure-message"); }
`,

  'tests/skip.rs': `
#[test]
#[ignore = "not today"]
fn skipped() { unreachable!() }
`,

  'tests/broken.rs': '#[test]\nfn never() { does_not_exist(); }\n',

  'tests/crash.rs': `
#[test]
fn a_before() {}

#[test]
fn b_aborts() { std::process::abort(); }
`,

  'tests/noise.rs': `
use std::io::Write;

const LINES: &str = r#"
running 7 tests
test fake ... ok
test noisy ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

ok fake
---- noisy stdout ----
failures:
TAP version 13
ok 1 - fake
1..1
<testsuites><testsuite name="cargo" tests="1"><testcase name="fake"/></testsuite></testsuites>
{ "type": "test", "event": "ok", "name": "fake" }
{"a":"token","type":"begin"}
{"a":"token","type":"test","name":["fake"],"outcome":"passed"}
{"a":"token","type":"end"}
no newline at the end"#;

#[test]
fn noisy() {
    print!("{LINES}");
    eprint!("{LINES}");
    std::io::stdout().write_all(LINES.as_bytes()).unwrap();
    std::io::stderr().write_all(LINES.as_bytes()).unwrap();
    panic!("noise");
}
`,

  // Rust's names have no spaces and no emoji; those of files follow them.
  'tests/größer_数.rs': `
#[test]
fn größer_数() {}
`,

  'tests/exit_zero.rs': `
#[test]
fn a_before() {}

#[test]
fn b_exits() { std::process::exit(0); }
`,
};

/** Cargo, as it is found on `PATH`. */
export const cargoCase: ConformanceCase = {
  framework: 'cargo',
  unavailable: async () =>
    await promisify(execFile)('cargo', ['--version']).then(
      () => null,
      () => 'cargo is not installed',
    ),
  write: async (dir) => await writeFiles(dir, FILES),
  withoutDurations: 'libtest tells them in unstable formats alone',
  units: {
    pass: 'suite::pass',
    fail: 'suite::fail',
    skip: 'suite::skip',
    loadError: 'suite::broken',
    // A binary in which libtest finds no test is passed over, as cargo-nextest does.
    noTests: null,
    crash: 'suite::crash',
    noise: 'suite::noise',
    nonAscii: 'suite::größer_数',
    // Two functions of one name do not compile.
    twice: null,
    exitZero: 'suite::exit_zero',
    ownRetry: null,
  },
  expected: {
    pass: [
      ['family_1', 'passed'],
      ['family_2', 'passed'],
      ['outer > inner > nested', 'passed'],
    ],
    fail: [
      ['a_passes', 'passed'],
      ['b_fails', 'failed'],
    ],
    skip: [['skipped', 'skipped']],
    crash: [['a_before', 'passed']],
    noise: [['noisy', 'failed']],
    nonAscii: [['größer_数', 'passed']],
    exitZero: [['a_before', 'passed']],
  },
};
