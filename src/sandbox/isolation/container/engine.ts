import { spawn } from 'node:child_process';
import { ownChildren } from '../../../process/own-children.ts';

/** A podman or docker answers within that, unless it pulls, milliseconds. */
const TIMEOUT_MS = 60_000;

/** So much of each of its streams is kept, characters. */
const MOST = 1_000_000;

export interface EngineAnswer {
  /** Null where it was ended: by a signal, or since it took too long. */
  readonly status: number | null;
  readonly stdout: string;
  /** Why it failed, in its own words; one line. */
  readonly words: string;
}

interface EngineCall {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Added to the environment of the engine's client. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The engine refused what it was asked for; the message has its own words. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';
}

/**
 * The command line of podman or docker, which agree in all that is used here. Its environment is
 * Pindown's own, not an attempt's: it says where the engine is.
 */
export class Engine {
  /** The program, absolute or found on `PATH`. */
  readonly program: string;

  constructor(program: string) {
    this.program = program;
  }

  /** Asks it, whatever it answers. */
  async call(args: readonly string[], call: EngineCall = {}): Promise<EngineAnswer> {
    const child = spawn(this.program, args, {
      env: { ...process.env, ...call.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: call.timeoutMs ?? TIMEOUT_MS,
      killSignal: 'SIGKILL',
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    const { pid } = child;
    if (pid !== undefined) {
      // Nobody else may reap it.
      ownChildren.add(pid);
      child.once('exit', () => ownChildren.delete(pid));
    }
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < MOST) stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MOST);
    });
    return await new Promise((resolve) => {
      let failure: string | null = null;
      child.once('error', (error) => {
        failure = error.message;
        if (pid === undefined) resolve({ status: null, stdout, words: failure });
      });
      child.once('close', (status) => {
        const words = status === null ? (failure ?? 'it did not answer in time') : lastLine(stderr);
        resolve({ status, stdout: stdout.trim(), words });
      });
    });
  }

  /**
   * Asks it for what it must grant.
   *
   * @returns what it printed
   * @throws EngineFault
   */
  async ask(args: readonly string[], call: EngineCall = {}): Promise<string> {
    const { status, stdout, words } = await this.call(args, call);
    if (status === 0) return stdout;
    throw new EngineFault(words === '' ? `${this.program} ended with status ${status}` : words);
  }
}

/** The last line that an engine wrote, without the word that engines begin their errors with. */
export function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line.replace(/^(?:Error|docker|Error response from daemon): /, '');
}
