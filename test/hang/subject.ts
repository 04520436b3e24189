import { type ChildProcess, execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { treeOf } from '../../src/hang/look.ts';
import { signalProcess } from '../../src/process/proc-stat.ts';
import { plainEnvironment } from '../plain-environment.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/hangs/hostile');

/** A process that is looked at. */
export interface Subject {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly members: () => readonly number[];
  /** All that it said on its stderr. */
  readonly errors: () => string;
}

export interface SubjectOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly argv0?: string;
}

/** Runs a program from where it says `ready` for as long as `body` takes, and ends all of it. */
export async function withSubject<T>(
  [program = '', ...args]: readonly string[],
  { env, argv0 }: SubjectOptions,
  body: (subject: Subject) => Promise<T>,
): Promise<T> {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'] satisfies StdioOptions,
    detached: true,
    env: { ...plainEnvironment, ...env },
    ...(argv0 === undefined ? {} : { argv0 }),
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  try {
    await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) });
    const pid = child.pid ?? 0;
    return await body({ child, pid, members: treeOf(pid), errors: () => errors });
  } finally {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    const exit = isOver ? null : once(child, 'exit');
    if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
    await exit;
  }
}

/** A program of `test/fixtures/hangs/hostile/`. */
export function hostile(name: string): string {
  return join(FIXTURES, name);
}

/** Builds one that is written in C into a directory. */
export function compile(name: string, dir: string): string {
  const program = join(dir, name.replace('.c', ''));
  execFileSync('gcc', ['-O0', '-pthread', '-o', program, hostile(name)], { stdio: 'inherit' });
  return program;
}

/** Why a test is left out that needs a program; false where it is there. */
export function lacks(program: string): string | false {
  const script = `command -v ${program} || true`;
  const path = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  return path.trim() === '' ? `${program} is not installed` : false;
}
