import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { plainEnvironment } from '../plain-environment.ts';
import { scratchDirectory } from '../report/scratch.ts';

/** The command itself. */
export const BIN: string = join(import.meta.dirname, '../../bin/pindown.js');

export const binEnvironment: NodeJS.ProcessEnv = {
  ...plainEnvironment,
  // Where what runs keep of their attempts goes, too.
  TMPDIR: scratchDirectory(),
  PINDOWN_LEASE_ROOT: scratchDirectory(),
};

/** What a command came to. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command in a directory; rejects where it does not end with an exit status. */
export async function runBin(cwd: string, args: readonly string[], input = ''): Promise<Ran> {
  return await runProgram(cwd, [process.execPath, BIN, ...args], input);
}

/** Runs a program that starts the real command. */
export async function runProgram(
  cwd: string,
  [program, ...args]: readonly [string, ...string[]],
  input = '',
): Promise<Ran> {
  return await new Promise((resolve, reject) => {
    const options = { cwd, env: binEnvironment };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ status: error.code, stdout, stderr });
      else reject(error);
    });
    child.stdin?.end(input);
  });
}
