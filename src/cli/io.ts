import { isatty } from 'node:tty';
import { environmentError, isSystemError } from '../core/errors.ts';
import { capabilities } from '../report/terminal/capabilities.ts';
import type { OutputPort } from '../report/terminal/output-port.ts';

/** A stream that people or programs read. */
interface IoStream extends OutputPort {
  readonly isTTY: boolean;
  /** Whether it can be redrawn in place. */
  readonly live: boolean;
  readonly unicode: boolean;
}

/** What a command sees of the outside world. */
export interface Io {
  /** Results. */
  readonly stdout: IoStream;
  /** Progress and errors. */
  readonly stderr: IoStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute and real. */
  readonly cwd: string;
}

/**
 * The real world. A reader that goes away (`pindown history | head`) is no error of ours: what is
 * written after that is dropped.
 */
export function processIo(): Io {
  return {
    stdout: ioStream(process.stdout),
    stderr: ioStream(process.stderr),
    env: process.env,
    get cwd() {
      return workingDirectory();
    },
  };
}

function ioStream(stream: NodeJS.WriteStream & { readonly fd: number }): IoStream {
  stream.on('error', (error: unknown) => {
    if (isSystemError(error) && error.code === 'EPIPE') return;
    throw error;
  });
  const isTTY = isatty(stream.fd);
  const { live, colour, unicode } = capabilities(process.env, isTTY);
  return {
    write: (text) => {
      if (!stream.destroyed) stream.write(text);
    },
    get columns() {
      return stream.columns ?? 0;
    },
    get rows() {
      return stream.rows ?? 0;
    },
    isTTY,
    live,
    colour,
    unicode,
  };
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw environmentError(
      'no-working-directory',
      'The working directory is gone: it was removed or moved while this shell stood in it.',
      'Change into a directory that is there and run the command again.',
      error,
    );
  }
}
