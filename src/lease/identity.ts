import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemError } from '../core/errors.ts';
import {
  bootId,
  hasEnded,
  readProcLink,
  readProcStat,
  signalProcess,
} from '../process/proc-stat.ts';

/**
 * A process, told from every other one on every machine: a pid alone comes back after a while, in
 * another container, after a boot, on another host. `-` stands for what could not be read.
 */
export interface Identity {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
  readonly boot: string;
  /** Within which pids (pid_namespaces(7)) and start times (time_namespaces(7)) mean anything. */
  readonly namespaces: string;
  readonly host: string;
}

/** `unverifiable` counts as alive: nobody's permit is taken on a guess. */
export type Standing = 'alive' | 'dead' | 'unverifiable';

/** What can be found out about a pid. `hidden`: somebody is there, and no more. */
export type Sighting =
  | { readonly kind: 'gone' | 'hidden' | 'ended' }
  | { readonly kind: 'running'; readonly startTime: string };

const UNKNOWN = '-';
const FIELD = /^[\w-]+$/;

let own: Identity | undefined;

/** This process's own. */
export function ownIdentity(): Identity {
  own ??= {
    pid: process.pid,
    startTime: String(readProcStat(process.pid)?.startTime ?? UNKNOWN),
    boot: bootId()?.replaceAll('-', '') ?? UNKNOWN,
    namespaces: ownNamespaces(),
    host: hostId(),
  };
  return own;
}

/**
 * A name for one thing that the process makes: the identity, and what tells it from all else that
 * it makes. A file that is named so needs no content to say whose it is, so that none is ever half
 * written; and who removes it by its name can't remove another's.
 */
export function mintName(identity: Identity = ownIdentity()): string {
  const { pid, startTime, boot, namespaces, host } = identity;
  return [pid, startTime, boot, namespaces, host, randomBytes(6).toString('hex')].join('.');
}

/** The identity in a name; null where there is none. */
export function identityIn(name: string): Identity | null {
  const [pid = '', startTime = '', boot = '', namespaces = '', host = '', ...rest] =
    name.split('.');
  const whole = rest.length === 1 && /^\d+$/.test(pid);
  if (!whole || ![startTime, boot, namespaces, host].every((part) => FIELD.test(part))) return null;
  return { pid: Number(pid), startTime, boot, namespaces, host };
}

/**
 * Whether the process with the identity in this name still lives. Dead is only what is proven: the
 * same host was booted since, or the same kernel has nobody, or somebody else, of that pid in the
 * same namespaces. No clock is asked.
 */
export function standingOf(
  name: string,
  self: Identity,
  sighted: (pid: number) => Sighting = sight,
): Standing {
  const identity = identityIn(name);
  if (identity === null || identity.host !== self.host) return 'unverifiable';
  if (identity.boot === UNKNOWN || self.boot === UNKNOWN) return 'unverifiable';
  if (identity.boot !== self.boot) return 'dead';
  if (identity.namespaces !== self.namespaces || identity.namespaces === UNKNOWN) {
    return 'unverifiable';
  }
  const sighting = sighted(identity.pid);
  switch (sighting.kind) {
    case 'gone':
    case 'ended':
      return 'dead';
    case 'hidden':
      return 'unverifiable';
    case 'running':
      if (identity.startTime === UNKNOWN) return 'unverifiable';
      return sighting.startTime === identity.startTime ? 'alive' : 'dead';
  }
}

/** `/proc` may hide others' processes (`hidepid`, proc(5)), so that kill(2) has the last word. */
function sight(pid: number): Sighting {
  const stat = readProcStat(pid);
  if (stat === null) return { kind: signalProcess(pid, 0) === 'gone' ? 'gone' : 'hidden' };
  if (hasEnded(stat)) return { kind: 'ended' };
  return { kind: 'running', startTime: String(stat.startTime) };
}

function ownNamespaces(): string {
  const [pids, times] = [namespaceInode('pid'), namespaceInode('time')];
  // Without the first nothing that is found under a pid says anything; older kernels lack the other.
  return pids === null ? UNKNOWN : `${pids}-${times ?? 'none'}`;
}

function namespaceInode(kind: string): string | null {
  return /\d+/.exec(readProcLink(`/proc/self/ns/${kind}`) ?? '')?.[0] ?? null;
}

/** Host names repeat, and so do the machine ids of copied images; both at once rarely. */
function hostId(): string {
  const text = `${hostname()}\n${machineId()}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** machine-id(5); empty where there is none. */
function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch (error) {
    if (isSystemError(error)) return '';
    throw error;
  }
}
