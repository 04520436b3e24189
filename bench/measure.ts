import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A file for its standard input; empty where there is none. */
  readonly stdin?: string;
  /** The exit statuses that count as a good run; 0 where nothing is said. */
  readonly allow?: readonly number[];
}

export interface Measured {
  readonly wallMs: number;
  /** User and system time of the command and of all its descendants that were waited for. */
  readonly cpuMs: number;
  readonly status: number;
}

/**
 * bash's `time`, since Node knows no getrusage(2) of children; its figures have milliseconds, those
 * of GNU time hundredths of a second. They go to descriptor 3.
 */
const SCRIPT = `TIMEFORMAT='%R %U %S'; { time "$@" 2>&4 3>&- 4>&-; } 4>&2 2>&3`;

/**
 * Runs a command to its end and measures it. Its output goes to `output.log` in `scratch`.
 *
 * @throws Error where it ends in another way than allowed; with the end of its output
 */
export async function measure(command: Command, scratch: string): Promise<Measured> {
  const log = join(scratch, 'output.log');
  const figures = join(scratch, 'figures');
  const descriptors = [
    openSync(command.stdin ?? '/dev/null', 'r'),
    openSync(log, 'w'),
    openSync(figures, 'w'),
  ] as const;
  const [input, output, times] = descriptors;
  let status: number | null;
  try {
    const child = spawn('bash', ['-c', SCRIPT, 'bash', ...command.argv], {
      cwd: command.cwd,
      env: command.env,
      stdio: [input, output, output, times],
    });
    [status] = (await once(child, 'exit')) as [number | null];
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
  if (status === null || !(command.allow ?? [0]).includes(status)) {
    const end = readFileSync(log, 'utf8').slice(-2_000);
    throw new Error(`${command.argv.join(' ')} ended with ${String(status)}:\n${end}`);
  }
  return { ...parseTimes(readFileSync(figures, 'utf8')), status };
}

/** The three figures of `time`, in seconds, with the decimal sign of any locale. */
export function parseTimes(text: string): Omit<Measured, 'status'> {
  const [real, user, system] = text
    .trim()
    .split(/\s+/)
    .map((figure) => Math.round(Number(figure.replace(',', '.')) * 1_000));
  if (real === undefined || user === undefined || !Number.isInteger(system)) {
    throw new Error(`Expected three figures of bash's time, got ${JSON.stringify(text)}`);
  }
  return { wallMs: real, cpuMs: user + system! };
}
