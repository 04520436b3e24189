import type { Framework } from '../framework.ts';
import { command } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/** pytest 6.2 or newer: a process for every test file. */
export const pytest: Framework = {
  name: 'pytest',
  title: 'pytest',
  unitKind: 'file',
  launching: 'each',
  detect,
  list,
  command,
  collect,
};
