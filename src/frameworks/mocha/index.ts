import type { Framework } from '../framework.ts';
import { command } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/** Mocha 8 or newer: a process for every test file. */
export const mocha: Framework = {
  name: 'mocha',
  title: 'Mocha',
  unitKind: 'file',
  launching: 'each',
  detect,
  list,
  command,
  collect,
};
