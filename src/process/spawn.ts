import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import type { Ending } from '../core/ending.ts';
import { describeFault, isSystemError } from '../core/errors.ts';
import { ownChildren } from './own-children.ts';
import { readProcStat } from './proc-stat.ts';
import { holdYoungGeneration } from './young-generation.ts';

export interface SpawnSpec {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Files that the process writes to itself; made new, never overwritten. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
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
}

/** The kernel refused to start a process; `message` says what failed on what and why. */
export class SpawnFailure extends Error {
  override readonly name = 'SpawnFailure';
  /** The errno's name, such as `ENOENT` or `EAGAIN`. */
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Starts a process in a session of its own (setsid(2)), with standard input from `/dev/null` and
 * its output going straight into files: no pipe of ours is in between, so a flood neither blocks
 * it nor passes through our memory, and nobody but the kernel decides when it has ended.
 *
 * Node reports most faults of exec(2) in an `error` event, but throws some of them (`ETXTBSY`,
 * `E2BIG`); both come out as one {@link SpawnFailure}.
 */
export async function spawnChild(spec: SpawnSpec): Promise<Child> {
  holdYoungGeneration();
  const [command, ...args] = spec.argv;
  const descriptors: number[] = [];
  try {
    descriptors.push(openSync(spec.stdoutFile, 'ax'));
    descriptors.push(openSync(spec.stderrFile, 'ax'));
    const child = spec.within(() =>
      spawn(command, args, {
        cwd: spec.cwd,
        env: spec.env,
        detached: true,
        stdio: ['ignore', descriptors[0], descriptors[1]],
      }),
    );
    const ended = new Promise<Ending>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(
          signal === null ? { exitCode: code ?? 0, signal: null } : { exitCode: null, signal },
        );
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
    return { pid, startTime: readProcStat(pid)?.startTime ?? null, ended };
  } catch (error) {
    throw explainFailure(spec, error);
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

/** `ENOENT` from exec(2) has three meanings: no such program, no such directory, no interpreter. */
function explainFailure(spec: SpawnSpec, error: unknown): SpawnFailure {
  const code = isSystemError(error) ? error.code : 'UNKNOWN';
  const command = spec.argv[0];
  if (code === 'ENOENT' && !accessible(spec.cwd)) {
    return new SpawnFailure(code, `its working directory ${spec.cwd} is not there`, error);
  }
  if (code === 'ENOENT' && !command.includes('/')) {
    return new SpawnFailure(code, `there is no program "${command}" on PATH`, error);
  }
  if (code === 'ENOENT' && accessible(command)) {
    return new SpawnFailure(code, `the interpreter that ${command} names is not there`, error);
  }
  return new SpawnFailure(code, `${describeFault(error)}, starting ${command}`, error);
}

function accessible(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
