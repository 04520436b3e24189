import { describeFault, environmentError, type PindownError, remedyFor } from '../core/errors.ts';
import { capabilities } from '../report/terminal/capabilities.ts';
import type { OutputPort } from '../report/terminal/output-port.ts';
import { Output } from './output.ts';

/** A stream that people or programs read. */
interface IoStream extends OutputPort {
  readonly isTTY: boolean;
  /** Whether it can be redrawn in place. */
  readonly live: boolean;
  readonly unicode: boolean;
  /**
   * Waits until what was written was taken, or lost. What is written after a loss is dropped.
   *
   * @returns why something was lost; null where nothing was
   */
  settled(): Promise<Error | null>;
}

/** What a command sees of the outside world. */
export interface Io {
  /** Results. */
  readonly stdout: IoStream;
  /** Progress and errors. */
  readonly stderr: IoStream;
  /**
   * Writes what the user asked for, and waits until it has been taken.
   *
   * @param to stdout where it is left out
   * @throws PindownError `output-lost` (exit status 6) where it could not be written
   */
  print(text: string, to?: 'stdout' | 'stderr'): Promise<void>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute and real. */
  readonly cwd: string;
}

/** The real world. */
export function processIo(): Io {
  const outputs = { stdout: new Output(process.stdout), stderr: new Output(process.stderr) };
  return {
    stdout: ioStream(outputs.stdout),
    stderr: ioStream(outputs.stderr),
    async print(text, to = 'stdout') {
      const output = outputs[to];
      output.write(text);
      const fault = await output.settled();
      if (fault !== null) throw outputLost(to, fault);
    },
    env: process.env,
    get cwd() {
      return workingDirectory();
    },
  };
}

function ioStream(output: Output): IoStream {
  const { isTTY } = output;
  const { live, colour, unicode } = capabilities(process.env, isTTY);
  return {
    write: (text) => output.write(text),
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
    settled: () => output.settled(),
    isTTY,
    live,
    colour,
    unicode,
  };
}

function outputLost(stream: 'stdout' | 'stderr', fault: Error): PindownError {
  return environmentError(
    'output-lost',
    `What was asked for could not be written to ${stream}: ${describeFault(fault)}.`,
    remedyFor(fault),
    fault,
  );
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
