import type { Framework } from '../framework.ts';
import { command } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/** Vitest 3 or newer: a process for a batch of test files, which it isolates itself. */
export const vitest: Framework = {
  name: 'vitest',
  title: 'Vitest',
  unitKind: 'file',
  launching: 'batch',
  detect,
  list,
  command,
  collect,
};
