import { accessSync, closeSync, constants, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeFault, isSystemError } from '../core/errors.ts';
import type { Fault } from '../core/fault.ts';

/** The kernel refused to start a process; `message` says what failed on what and why. */
export class SpawnFailure extends Error {
  override readonly name = 'SpawnFailure';
  readonly fault: Fault;

  constructor(fault: Fault, message: string, cause: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** What was refused to be started, and what came of it. */
export interface RefusedStart {
  readonly command: string;
  readonly cwd: string;
  readonly error: unknown;
}

/**
 * Says what failed. `ENOENT` from execve(2) has three meanings, told apart by a look at each: no
 * such directory, no such program, no such interpreter.
 */
export function spawnFailure({ command, cwd, error }: RefusedStart): SpawnFailure {
  if (!isSystemError(error)) {
    return new SpawnFailure(
      { code: 'UNKNOWN', call: null, path: null },
      words(command, error),
      error,
    );
  }
  const { code } = error;
  // Node says `spawn PROGRAM`; what else fails is our own part, such as the files for its output.
  const call = error.syscall?.split(' ', 1)[0] ?? null;
  const at = (path: string | null, message: string): SpawnFailure =>
    new SpawnFailure({ code, call, path }, message, error);
  if (call !== 'spawn') return at(error.path ?? null, words(command, error));
  const program = command.includes('/') ? resolve(cwd, command) : command;
  if (code !== 'ENOENT') return at(program, words(command, error));
  if (!isThere(cwd)) return at(cwd, `its working directory ${cwd} is not there`);
  if (!command.includes('/')) return at(command, `there is no program "${command}" on PATH`);
  if (!isThere(program)) return at(program, words(command, error));
  const interpreter = interpreterOf(program);
  if (interpreter !== null && isThere(interpreter)) {
    return at(program, `${command} was not there when it was to be started, and is there now`);
  }
  return at(interpreter, `the interpreter that ${command} names is not there`);
}

function words(command: string, error: unknown): string {
  return `${describeFault(error)}, starting ${command}`;
}

/** Longest first line that the kernel reads; BINPRM_BUF_SIZE, execve(2). */
const FIRST_LINE = 256;

/** The program after `#!`; null where there is none, as in a binary. */
function interpreterOf(file: string): string | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    const bytes = Buffer.alloc(FIRST_LINE);
    const text = bytes.toString('latin1', 0, readSync(descriptor, bytes));
    return /^#![ \t]*([^ \t\n]+)/.exec(text)?.[1] ?? null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
