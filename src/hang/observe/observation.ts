import { setTimeout as wait } from 'node:timers/promises';
import { type Descriptors, readDescriptors } from './descriptors.ts';
import { type FileLock, fileLocks } from './file-locks.ts';
import { findHolders, type Holders } from './holders.ts';
import { type ProcessSample, sampleProcess } from './process-sample.ts';
import { readSockets, type Sockets } from './sockets.ts';
import { readProcStat } from '../../process/proc-stat.ts';
import type { Finding } from '../probes/probe.ts';
import type { ThreadSample } from './thread-sample.ts';

/** A thread that was there in both samples. */
export interface ObservedThread {
  readonly pid: number;
  readonly before: ThreadSample;
  readonly now: ThreadSample;
}

/** A process that was there in both samples. */
export interface ObservedProcess {
  readonly pid: number;
  readonly before: ProcessSample;
  readonly now: ProcessSample;
  readonly threads: readonly ObservedThread[];
  readonly descriptors: Descriptors;
}

/** What is known of a tree that was started to run tests. */
export interface Told {
  /**
   * Its framework has reported the end of every test that it had begun, and begins no other; null
   * where it does not tell that while it runs.
   */
  readonly testsOver: boolean | null;
}

/** A tree of processes as it was seen twice, from outside; nothing in it was touched. */
export interface Observation {
  readonly root: number;
  /** Between the samples, milliseconds. */
  readonly windowMs: number;
  /** By pid, the root first. Zombies are among them. */
  readonly processes: ReadonlyMap<number, ObservedProcess>;
  /** Pids that came or went between the samples: what has them makes progress. */
  readonly cameOrWent: readonly number[];
  /** The processes that came, as they were seen last, and those that went, as they were seen first. */
  readonly came?: readonly ProcessSample[];
  readonly went?: readonly ProcessSample[];
  readonly holders: Holders;
  readonly sockets: Sockets;
  readonly locks: readonly FileLock[];
  /** The pids above the root, from its parent up. */
  readonly above?: readonly number[];
  /** What its processes said when they were asked; left out where nobody asked. */
  readonly findings?: readonly Finding[];
  /** What whoever runs it knows of it; left out where it was not started for anybody. */
  readonly told?: Told;
  /** What could not be seen, and why. */
  readonly missing: readonly string[];
  /** Of its processes only the first were looked at, so that nothing can be said of all. */
  readonly isPartial?: true;
}

/** So many processes of a tree are looked at. */
const MOST_PROCESSES = 1_000;

/**
 * Looks at a tree twice, and between the looks at what its descriptors lead to.
 *
 * @param members asked for the tree's pids each time; the root first
 * @param windowMs at least so long between the samples
 */
export async function observe(
  members: () => readonly number[] | Promise<readonly number[]>,
  windowMs: number,
): Promise<Observation> {
  const startedAt = performance.now();
  const pids = await members();
  const first = sampleAll(pids);
  const descriptors = new Map([...first.keys()].map((pid) => [pid, readDescriptors(pid)]));
  const targets = new Set(
    [...descriptors.values()].flatMap(({ list }) =>
      list.filter(({ kind }) => SHARED.has(kind)).map(({ target }) => target),
    ),
  );
  const [root = 0] = first.keys();
  const hasSockets = [...targets].some((target) => target.startsWith('socket:'));
  // Asking for them starts a program, which is most of what a look at a small tree costs.
  const sockets = hasSockets ? await readSockets(root) : NO_SOCKETS;
  for (const target of peersOf(targets, sockets)) targets.add(target);
  const holders = findHolders(targets, root);
  const locks = fileLocks();
  await wait(Math.max(0, windowMs - (performance.now() - startedAt)));
  const second = sampleAll(await members());
  return {
    root,
    windowMs: performance.now() - startedAt,
    processes: pair(first, second, descriptors),
    cameOrWent: [...difference(first, second), ...difference(second, first)],
    came: missingFrom(first, second),
    went: missingFrom(second, first),
    holders,
    sockets,
    locks,
    above: ancestorsOf(root),
    missing: [
      ...sockets.missing,
      ...[...descriptors.values()].flatMap(({ missing }) => missing ?? []),
      ...(pids.length > MOST_PROCESSES ? [`more than ${MOST_PROCESSES} processes`] : []),
    ],
    ...(pids.length > MOST_PROCESSES ? { isPartial: true } : {}),
  };
}

function ancestorsOf(pid: number): number[] {
  const found: number[] = [];
  for (let at = readProcStat(pid)?.parent ?? 0; at > 0 && !found.includes(at);) {
    found.push(at);
    at = readProcStat(at)?.parent ?? 0;
  }
  return found;
}

const NO_SOCKETS: Sockets = { byInode: new Map(), missing: [] };

/** What others may hold the other end of. */
const SHARED: ReadonlySet<string> = new Set(['pipe', 'fifo', 'socket', 'file', 'eventfd']);

function peersOf(targets: ReadonlySet<string>, { byInode }: Sockets): string[] {
  return [...targets].flatMap((target) => {
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    const socket = inode === undefined ? undefined : byInode.get(Number(inode));
    const ends = [socket?.peer, socket?.pendingAt];
    return ends.flatMap((end) => (end === null || end === undefined ? [] : [`socket:[${end}]`]));
  });
}

function sampleAll(pids: readonly number[]): Map<number, ProcessSample> {
  const found = new Map<number, ProcessSample>();
  for (const pid of pids.slice(0, MOST_PROCESSES)) {
    const sample = sampleProcess(pid);
    if (sample !== null) found.set(pid, sample);
  }
  return found;
}

function pair(
  first: ReadonlyMap<number, ProcessSample>,
  second: ReadonlyMap<number, ProcessSample>,
  descriptors: ReadonlyMap<number, Descriptors>,
): Map<number, ObservedProcess> {
  const paired = new Map<number, ObservedProcess>();
  for (const [pid, before] of first) {
    const now = second.get(pid);
    if (now === undefined || now.startTime !== before.startTime) continue;
    const threads = before.threadList.flatMap((thread) => {
      const same = now.threadList.find(({ tid }) => tid === thread.tid);
      return same === undefined ? [] : [{ pid, before: thread, now: same }];
    });
    const own = descriptors.get(pid) ?? { list: [], total: 0, missing: null };
    paired.set(pid, { pid, before, now, threads, descriptors: own });
  }
  return paired;
}

/** The processes of the one that are not the same in the other. */
function missingFrom(
  other: ReadonlyMap<number, ProcessSample>,
  one: ReadonlyMap<number, ProcessSample>,
): ProcessSample[] {
  return [...one.values()].filter(({ pid, startTime }) => other.get(pid)?.startTime !== startTime);
}

/** Threads count, too: a process of which one came or went is at work. */
function difference(
  first: ReadonlyMap<number, ProcessSample>,
  second: ReadonlyMap<number, ProcessSample>,
): number[] {
  return [...first.values()].flatMap((one) => {
    const other = second.get(one.pid);
    if (other === undefined || other.startTime !== one.startTime) return [one.pid];
    const tids = new Set(other.threadList.map(({ tid }) => tid));
    return one.threadList.filter(({ tid }) => !tids.has(tid)).map(({ tid }) => tid);
  });
}
