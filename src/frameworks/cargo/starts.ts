import { mkdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { environmentError } from '../../core/errors.ts';
import type { ListContext, Suite } from '../framework.ts';
import { type Taken, readTaken, takeCommand } from '../taken/taken.ts';
import type { CargoArguments } from './arguments.ts';
import { BUILD_TIMEOUT_MS, type Built } from './build.ts';
import { type Metadata, WORDS_LENGTH } from './metadata.ts';

/**
 * How cargo starts each of the binaries, by the binary's path: it is told to start them by a
 * script that writes this down, and nothing of the tests runs.
 */
export async function readStarts(
  built: readonly Built[],
  asked: {
    readonly suite: Suite;
    readonly args: CargoArguments;
    readonly metadata: Metadata;
    readonly context: ListContext;
  },
): Promise<ReadonlyMap<string, Taken>> {
  const { suite, args, metadata, context } = asked;
  const directory = join(context.scratch, 'taken');
  await mkdir(directory, { recursive: true });
  const starts = new Map<string, Taken>();
  for (const { binaries, choice } of built) {
    const [first] = binaries;
    if (first === undefined) continue;
    const triple = tripleOf(first.executable, metadata) ?? (await hostTriple(suite, context));
    const key = /^[\w-]+$/.test(triple) ? triple : `'${triple}'`;
    const runner = `target.${key}.runner=${JSON.stringify(takeCommand('leave', directory))}`;
    const { stderr } = await context.run(
      ['cargo', 'test', '--no-fail-fast', '--config', runner, ...choice, '--', ...args.test],
      { cwd: suite.dir, timeoutMs: BUILD_TIMEOUT_MS },
    );
    for (const taken of await readTaken(directory, context.env)) starts.set(taken.binary, taken);
    for (const { executable } of binaries) {
      if (!starts.has(executable)) throw notTaken(executable, stderr);
    }
  }
  return starts;
}

/** From `target/<triple>/debug/deps/name`; null where it was built for the host as such. */
function tripleOf(executable: string, metadata: Metadata): string | null {
  for (const directory of [metadata.build_directory, metadata.target_directory]) {
    const path = relative(directory ?? metadata.target_directory, executable);
    const parts = path.split(sep);
    if (parts[0] !== '..' && parts.length === 4) return parts[0] ?? null;
  }
  return null;
}

async function hostTriple(suite: Suite, context: ListContext): Promise<string> {
  const { stdout } = await context.run(['cargo', '-vV'], { cwd: suite.dir });
  const host = /^host: (\S+)$/m.exec(stdout)?.[1];
  if (host === undefined) throw new Error(`Expected a host in ${JSON.stringify(stdout)}`);
  return host;
}

function notTaken(executable: string, stderr: string): Error {
  return environmentError(
    'cargo-take-failed',
    `cargo did not say how it starts ${executable}:\n${stderr.trim().slice(-WORDS_LENGTH)}`,
    'A `runner` in .cargo/config.toml or in --config may stand before the one that Pindown sets.',
  );
}
