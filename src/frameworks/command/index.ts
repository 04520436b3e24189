import type { Framework } from '../framework.ts';
import { command as launch } from './command.ts';
import { detect } from './detect.ts';
import { list } from './list.ts';
import { collect } from './results.ts';

/** Any program: a process for every file that the user names. */
export const command: Framework = {
  name: 'command',
  title: 'command',
  unitKind: 'command',
  launching: 'each',
  detect,
  list,
  command: launch,
  collect,
};
