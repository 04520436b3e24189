import type { Framework } from '../framework.ts';
import { command } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/** Jest 29 or newer: a process for a batch of test files, which it isolates itself. */
export const jest: Framework = {
  name: 'jest',
  title: 'Jest',
  unitKind: 'file',
  launching: 'batch',
  detect,
  list,
  command,
  collect,
};
