import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Tier as TierName } from '../../../src/core/run.ts';

/** A way to escape from an attempt; its program in `test/fixtures/processes/` says how. */
export interface Escape {
  /** The program: it leaves processes behind, and names them in the file that it is given. */
  readonly program: string;
  /** What a reader is to call it. */
  readonly title: string;
  /** The tiers that don't find it all. */
  readonly missedBy: readonly TierName[];
  /** Never the same process twice: nobody can name those that it leaves. */
  readonly moving: boolean;
}

const way = (program: string, title: string, more: Partial<Escape> = {}): Escape => ({
  program,
  title,
  missedBy: [],
  moving: false,
  ...more,
});

/**
 * The tier `group` loses what gives up all that it could be recognised by: its session, its
 * environment, and standard output.
 */
const BY_GROUP = { missedBy: ['group'] } as const;

export const ESCAPES: readonly Escape[] = [
  way('setsid.sh', '`setsid`'),
  way('double-fork.sh', 'double fork'),
  way(
    'setsid-with-empty-environment.sh',
    '`setsid` with an empty environment and no descriptors',
    BY_GROUP,
  ),
  way('nohup.sh', '`nohup`'),
  way('disown.bash', '`disown`'),
  way('ignores-sigterm.sh', 'ignores SIGTERM'),
  way('stops-itself.sh', 'stopped process'),
  way('forks-when-terminated.sh', 'forks while it is being ended'),
  way('respawners.sh', 'two that start each other anew'),
  way('renamed-by-exec.bash', 'renamed by `exec -a`'),
  way('holds-the-output.sh', 'holds the inherited output'),
  way('closes-all-descriptors.sh', 'closed all descriptors'),
  way('holds-a-port.mjs', 'holds a port'),
  way('parent-of-a-zombie.sh', 'parent of a zombie'),
  way('daemon-through-a-daemon.sh', 'daemon through another daemon', BY_GROUP),
  way('grandchild-in-another-group.bash', 'grandchild in another process group'),
  way('fork-storm.sh', 'fork storm of 500'),
  way('changes-directory-and-umask.sh', 'changed its directory and umask'),
  way('clears-its-environment.sh', 'clears its environment by exec', BY_GROUP),
  way('lives-on-in-a-thread.py', 'first thread ended, another lives'),
  way('lowers-its-limits.sh', 'lowered its own limits'),
  way('own-pid-namespace.sh', 'first of a pid namespace'),
  way('runs-away.pl', 'runs away: another process every 5 ms', { ...BY_GROUP, moving: true }),
  // Only who may write to the group above can do it: root, or its owner where it is delegated.
  way('leaves-its-control-group.sh', 'moved out of its control group'),
  way(
    'leaves-its-control-group-unseen.sh',
    'the same, and kept nothing that it inherited',
    BY_GROUP,
  ),
];

export const PROCESSES: string = join(import.meta.dirname, '../../fixtures/processes');

const INTERPRETERS: Readonly<Record<string, string>> = {
  sh: 'sh',
  bash: 'bash',
  mjs: process.execPath,
  py: 'python3',
  pl: 'perl',
};

/** The command that starts a program of `test/fixtures/processes/`. */
export function commandOf(program: string, ...args: readonly string[]): [string, ...string[]] {
  const interpreter = INTERPRETERS[program.slice(program.lastIndexOf('.') + 1)];
  if (interpreter === undefined) throw new Error(`There is no interpreter for ${program}`);
  return [interpreter, join(PROCESSES, program), ...args];
}

/** What some programs need of the machine, and a command that shows that it is there. */
const NEEDS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'own-pid-namespace.sh': ['unshare', '--user', '--pid', '--fork', 'true'],
  'lives-on-in-a-thread.py': ['python3', '-c', 'import ctypes, threading'],
};

/** Why a way can't be gone on this machine; false where it can. */
export function impossible({ program }: Escape): string | false {
  if (process.platform !== 'linux') return 'there is no /proc';
  const probe = NEEDS[program];
  if (probe === undefined) return false;
  const [command, ...args] = probe;
  return spawnSync(command, args).status === 0 ? false : `${probe.join(' ')} fails here`;
}
