import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentError } from '../../../core/errors.ts';
import { readProcStat } from '../../../process/proc-stat.ts';
import { Supervised } from '../../../process/supervised.ts';
import type { IsolatedStart, Isolator } from '../isolator.ts';
import { enterNamespaces, type Entrant } from './enter.ts';
import { killInit, membersBeside, readInit } from './init.ts';
import { NamespaceHold } from './namespace-hold.ts';
import { Namespaced } from './namespaced.ts';
import { refusedEntry } from './refused-entry.ts';
import { findTools, type Tools } from './tools.ts';

/** Where an attempt's init is told, in the attempt's directory. */
const INIT_FILE = 'init.pid';

const PROBE_TIMEOUT_MS = 10_000;

/**
 * Attempts in a pid and a mount namespace each, by util-linux.
 *
 * @throws PindownError `no-namespaces` (exit status 6) where the machine does not allow it
 */
export function openNamespaces(): Isolator {
  const way = namespaceWay();
  if (typeof way === 'string') {
    throw environmentError(
      'no-namespaces',
      `[isolation] kind = "namespace" can't be had here: ${way}.`,
      'As root it needs CAP_SYS_ADMIN, which a container mostly does not have; as anybody else user namespaces (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces). "pindown doctor" tries it. kind = "process" needs nothing.',
    );
  }
  return {
    kind: 'namespace',
    because: way.because,
    engine: null,
    clear: () => Promise.resolve(),
    start: (attempt) => startNamespaced(way, attempt),
  };
}

/** By what attempts get namespaces, and as whom. */
interface NamespaceWay {
  readonly tools: Tools;
  readonly entrant: Entrant;
  readonly because: string;
}

/** @returns how namespaces are had here, found out by trying it, or why they can't be */
export function namespaceWay(): NamespaceWay | string {
  if (process.platform !== 'linux') return 'there are none but on Linux';
  const tools = findTools(process.env['PATH']);
  if (!('unshare' in tools)) return `${tools.join(', ')} (util-linux, coreutils) is not installed`;
  const entrant = process.getuid?.() === 0 ? 'root' : 'user';
  const refused = tried(tools, entrant);
  if (refused !== null) return refused;
  const as = entrant === 'root' ? 'as root' : 'in a user namespace';
  return { tools, entrant, because: `by ${tools.unshare}, ${as}` };
}

/** Ends by a signal, which must come through as one, where `/proc` is of its own namespace. */
const PROBE =
  'read -r pid rest </proc/self/stat; [ "$pid" = "$$" ] && [ "$$" -lt 9 ] && kill -KILL "$$"; exit 9';

/** Why an attempt can't be started so; null where it can. */
function tried(tools: Tools, entrant: Entrant): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'pd-ns-'));
  const initFile = join(dir, INIT_FILE);
  try {
    const [program, ...args] = enterNamespaces(tools, entrant, initFile, [tools.sh, '-c', PROBE]);
    const { signal, status, stderr, error } = spawnSync(program, args, {
      timeout: PROBE_TIMEOUT_MS,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (signal === 'SIGKILL' && error === undefined) return null;
    const words = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    return words === '' ? `a trial ended with ${signal ?? `exit status ${status}`}` : words;
  } finally {
    const init = readInit(initFile);
    if (init !== null) killInit(init);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function startNamespaced(
  { tools, entrant }: NamespaceWay,
  { spec, tier, token, dir }: IsolatedStart,
): Promise<Namespaced> {
  const initFile = join(dir, INIT_FILE);
  const argv = enterNamespaces(tools, entrant, initFile, spec.argv);
  const hold = new NamespaceHold(tier.hold(token), initFile);
  const outer = await Supervised.start({ ...spec, argv }, { hold: () => hold }, token, (pid) =>
    programOf(hold, pid),
  );
  return new Namespaced(outer, (ending) => refusedEntry(spec, ending, hold.init() !== null));
}

/**
 * The attempt's own program, which leads a session and a process group of its own; what entered
 * for it, as long as there is none.
 */
function programOf(hold: NamespaceHold, outer: number): number {
  const init = hold.init();
  if (init === null) return outer;
  const program = membersBeside(init).find(({ parent }) => parent === outer)?.pid;
  return program !== undefined && readProcStat(program)?.group === program ? program : outer;
}
