import type { Framework } from '../framework.ts';
import { command } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/**
 * Cargo 1.63 or newer: a process for every test binary, and one for each library's doc tests.
 *
 * `cargo test` runs once as a whole, told to start its test binaries by a script of ours (a
 * `target.<triple>.runner`), so that it builds what it always builds and says how each binary is
 * to be started: directory, environment (`LD_LIBRARY_PATH`, `CARGO_*`, `[env]`), arguments. Each
 * attempt then is the binary itself.
 *
 * Names and outcomes come from libtest's own `--logfile`. Its stdout is only asked for how many
 * tests there are to be, which it says before the first one runs, and for what failed tests said.
 * There are no durations: libtest tells them in unstable formats alone, and `RUSTC_BOOTSTRAP=1`,
 * which would unlock those, would be in the tests' own environment, where builds inside of tests
 * and build scripts act on it. A binary with `harness = false` has nothing but its exit status.
 */
export const cargo: Framework = {
  name: 'cargo',
  title: 'cargo test',
  unitKind: 'binary',
  launching: 'each',
  detect,
  list,
  command,
  collect,
};
