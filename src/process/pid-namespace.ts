import { type Member, commandLine } from './member.ts';
import { hasEnded, readProcDirectory, readProcLink, readProcStat } from './proc-stat.ts';

/**
 * The pid namespace that a process is in, as `pid:[4026531836]` (pid_namespaces(7)); null where it
 * is gone, another user's, or there are none.
 */
export function pidNamespaceOf(pid: number | 'self'): string | null {
  return readProcLink(`/proc/${pid}/ns/pid`);
}

/** The living processes (no zombies) of a pid namespace, by their pids outside of it. */
export function membersOfPidNamespace(namespace: string): Member[] {
  return readProcDirectory('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pidNamespaceOf(pid) !== namespace) return [];
    const stat = readProcStat(pid);
    if (stat === null || hasEnded(stat)) return [];
    const { startTime, parent } = stat;
    const command = commandLine(pid) ?? stat.command;
    return [{ pid, startTime, command, parent, foundBy: ['pid namespace'] }];
  });
}
