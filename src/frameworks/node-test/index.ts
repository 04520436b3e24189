import type { Framework } from '../framework.ts';
import { command } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/** node:test of Node 18.19 or newer: a process for every test file. */
export const nodeTest: Framework = {
  name: 'node-test',
  title: 'node:test',
  unitKind: 'file',
  launching: 'each',
  detect,
  list,
  command,
  collect,
};
