import type { Framework } from '../framework.ts';
import { command } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/**
 * Go 1.19 or newer: a process for every package that has tests.
 *
 * `go test` itself would stand between us and the tests: their signal and exit status would come
 * as its words, and its own work would count as theirs. So `go test` runs once, for all packages,
 * and is told to start its test binaries by a script (`-exec`). It lists, builds and vets as ever,
 * with every flag, tag and setting honoured; the script keeps each binary and how it is to be
 * started: the arguments, the directory, the environment. Each attempt then is the test binary
 * itself.
 *
 * The results are read from what the binary writes under `-test.v` (there is no other way out of
 * it): from Go 1.20 on the lines that count are marked by a control character; before, they are
 * held against the functions that the test files declare and against what can follow what, see
 * `VerboseStream`.
 */
export const go: Framework = {
  name: 'go',
  title: 'go test',
  unitKind: 'package',
  launching: 'each',
  detect,
  list,
  command,
  collect,
};
