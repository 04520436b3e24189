import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Duplex } from 'node:stream';
import type { Ending } from '../core/ending.ts';
import { ownChildren } from './own-children.ts';
import { readProcStat } from './proc-stat.ts';
import { spawnFailure } from './spawn-failure.ts';
import { startDirectly } from './start-directly.ts';

export interface SpawnSpec {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Files that the process writes to itself; made new, never overwritten. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
  /** Descriptors that it gets, too, such as those of locks that end with the last holder. */
  readonly inherit?: readonly number[];
  /** Runs the start itself; what holds the process gets it there from the first instruction on. */
  within<T>(start: () => T): T;
}

/** A process that leads a session and a process group of its own. */
export interface Child {
  /** Its pid, which is also its process group and its session. */
  readonly pid: number;
  /** Clock ticks since boot; null where `/proc` is not there. */
  readonly startTime: number | null;
  /** Settles when the kernel says that it ended, whoever still holds its output. */
  readonly ended: Promise<Ending>;
  /**
   * Where another process than this forked it: settles with what became of that one, if it is gone
   * before the child. Nobody can say any more how the child ends; it is to be ended.
   */
  readonly orphaned?: Promise<string>;
}

/**
 * Starts a process in a session of its own (setsid(2)), with standard input from `/dev/null` and
 * its output going straight into files: no pipe of ours is in between, so a flood neither blocks
 * it nor passes through our memory, and nobody but the kernel decides when it has ended.
 *
 * @throws SpawnFailure whatever refused it
 */
export async function spawnChild(spec: SpawnSpec): Promise<Child> {
  return await withOutputs(spec, async (outputs) => {
    const [command, ...args] = spec.argv;
    const descriptors = [...outputs, ...(spec.inherit ?? [])];
    const direct = spec.within(() =>
      startDirectly(command, args, { cwd: spec.cwd, env: spec.env, descriptors }),
    );
    if (direct === null) return (await spawnByNode(spec, descriptors)).child;
    return { ...direct, startTime: readProcStat(direct.pid)?.startTime ?? null };
  });
}

/** As {@link spawnChild}, with a socket to it: its descriptor 3. */
export async function spawnWithChannel(
  spec: SpawnSpec,
): Promise<{ readonly child: Child; readonly channel: Duplex }> {
  return await withOutputs(spec, async (outputs) => {
    const stdio = [...outputs, 'pipe' as const, ...(spec.inherit ?? [])];
    const { child, fourth } = await spawnByNode(spec, stdio);
    // Node makes a pair of sockets of every pipe to a child, for both directions.
    if (!(fourth instanceof Duplex)) throw new Error(`no socket to pid ${child.pid}`);
    return { child, channel: fourth };
  });
}

/** Opens its output files, which belong to it alone as soon as it is started. */
async function withOutputs<T>(
  { argv, cwd, stdoutFile, stderrFile }: SpawnSpec,
  start: (outputs: readonly [number, number]) => Promise<T>,
): Promise<T> {
  const descriptors: number[] = [];
  const open = (file: string): number => {
    const descriptor = openSync(file, 'ax');
    descriptors.push(descriptor);
    return descriptor;
  };
  try {
    return await start([open(stdoutFile), open(stderrFile)]);
  } catch (error) {
    throw spawnFailure({ command: argv[0], cwd, error });
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

/**
 * By `node:child_process`, which reports most faults of exec(2) in an `error` event, but throws
 * some of them (`ETXTBSY`, `E2BIG`); here all are thrown.
 */
async function spawnByNode(
  spec: SpawnSpec,
  stdio: readonly (number | 'pipe')[],
): Promise<{ readonly child: Child; readonly fourth: unknown }> {
  const [command, ...args] = spec.argv;
  const child = spec.within(() =>
    spawn(command, args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', ...stdio],
    }),
  );
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { exitCode: code ?? 0, signal: null } : { exitCode: null, signal });
    });
  });
  const { pid } = child;
  if (pid === undefined) {
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  }
  ownChildren.add(pid);
  child.once('exit', () => ownChildren.delete(pid));
  // A later `error` event (a failed kill) has nobody to go to and would end the whole process.
  child.on('error', () => undefined);
  const startTime = readProcStat(pid)?.startTime ?? null;
  return { child: { pid, startTime, ended }, fourth: child.stdio[3] };
}
