import { execFile } from 'node:child_process';
import { ownChildren } from './own-children.ts';

export interface ExecOptions {
  /** After which it is ended, milliseconds. */
  readonly timeoutMs: number;
  /** Of its output; more ends it. */
  readonly maxBytes: number;
}

/**
 * Runs a short program of our own and takes its output. It is entered among our own children, so
 * that a subreaper's reaping leaves its end to libuv: taken from there, its `exit` never comes.
 *
 * @throws the error of `child_process.execFile`: not started, ended with another status, too late
 */
export async function execOwn(
  program: string,
  args: readonly string[],
  { timeoutMs, maxBytes }: ExecOptions,
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, maxBuffer: maxBytes };
    const child = execFile(program, args, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
    const { pid } = child;
    if (pid === undefined) return;
    ownChildren.add(pid);
    child.once('exit', () => ownChildren.delete(pid));
  });
}
