import { readProcFile } from '../../process/proc-stat.ts';

/** After the command of proc_pid_stat(5): state, parent, group, session, terminal, its group. */
const GROUP = 2;
const TERMINAL_GROUP = 5;

/** Whether the terminal sends Ctrl-C to our process group, and so to all that it holds. */
export function inForeground(): boolean {
  const stat = readProcFile('/proc/self/stat') ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[GROUP] !== undefined && fields[GROUP] === fields[TERMINAL_GROUP];
}
