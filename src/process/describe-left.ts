import type { Leak } from '../core/attempt.ts';
import { describeListening, listeningSockets } from './listening.ts';
import { type Member, commandLine } from './member.ts';
import { readProcDirectory, readProcLink, readProcStat } from './proc-stat.ts';
import { shownBy } from './shown-by.ts';

/** What a process that stayed behind was, read while it was there. */
export type Left = Omit<Leak, 'endedBy'>;

/** So many of its parents, ports and descriptors are named. */
const MOST = 20;

/** Reads off `/proc` what a member is, where it comes from and what it holds. */
export function describeLeft(member: Member): Left {
  const files = descriptorsOf(member.pid);
  return {
    kind: 'process',
    pid: member.pid,
    startTime: member.startTime,
    command: member.command,
    foundBy: member.foundBy,
    parents: parentsOf(member),
    ports: portsOf(member.pid, files),
    files: files.slice(0, MOST).map(([descriptor, target]) => `${descriptor}: ${target}`),
  };
}

/** Its ancestors, the nearest first, up to the first process of the system. */
export function parentsOf({ parent }: Pick<Member, 'parent'>): Leak['parents'] {
  const parents: { readonly pid: number; readonly command: string }[] = [];
  let pid = parent ?? 0;
  while (pid > 0 && parents.length < MOST) {
    const stat = readProcStat(pid);
    if (stat === null) break;
    parents.push({ pid, command: commandLine(pid) ?? stat.command });
    pid = stat.parent;
  }
  return parents;
}

function portsOf(pid: number, files: readonly (readonly [string, string])[]): string[] {
  const sockets = new Set(files.map(([, target]) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  sockets.delete(undefined);
  if (sockets.size === 0) return [];
  return listeningSockets(pid)
    .filter(({ inode }) => sockets.has(String(inode)))
    .slice(0, MOST)
    .map(describeListening);
}

/** Each open descriptor's number and what it leads to. */
function descriptorsOf(pid: number): (readonly [descriptor: string, target: string])[] {
  const stat = readProcStat(pid);
  const dir = `${stat === null ? `/proc/${pid}` : shownBy(stat)}/fd`;
  return readProcDirectory(dir).flatMap((descriptor) => {
    const target = readProcLink(`${dir}/${descriptor}`);
    return target === null ? [] : [[descriptor, target] as const];
  });
}
