import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A program of `test/history/programs`, ended with the test at the latest. */
export function startProgram(context: TestContext, name: string, ...args: string[]): ChildProcess {
  const program = fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  return child;
}

/** Its output, once it has ended; on stderr there must have been nothing. */
export async function outputOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null || child.stderr === null) throw new Error('Expected pipes');
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (stderr !== '' || child.exitCode !== 0) {
    throw new Error(`exit status ${child.exitCode}, stderr: ${stderr}`);
  }
  return stdout.trim();
}

/** Resolves as soon as it has said something. */
export async function firstOutput(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('Expected a pipe');
  const [chunk] = await once(child.stdout, 'data');
  return String(chunk).trim();
}

export async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
