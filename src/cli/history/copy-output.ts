import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../core/errors.ts';
import { type OutputStream, outputPath } from '../../report/attempt-output.ts';
import type { Io } from '../io.ts';
import type { AttemptInPlace } from './attempt-view.ts';

const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

/**
 * Writes what an attempt printed as it was, its stdout to stdout and its stderr to stderr.
 *
 * @throws PindownError `no-output` where there is none, and why
 */
export async function copyOutput({ runDir, attempt }: AttemptInPlace, io: Io): Promise<void> {
  const files = STREAMS.map((stream) => ({
    stream,
    file: join(runDir, outputPath(attempt, stream)),
  }));
  const there = files.filter(({ file }) => existsSync(file));
  if (there.length === 0) {
    const why = attempt.startedAt === null ? 'it never started' : "its run's directory was removed";
    throw usageError('no-output', `There is no output of attempt ${attempt.id}: ${why}.`);
  }
  for (const { stream, file } of there) {
    for await (const chunk of createReadStream(file, 'utf8')) {
      await io.print(String(chunk), stream);
    }
  }
}
