import { SpawnFailure } from '../../../process/spawn-failure.ts';

/** Engines and their runtimes say it in these words where an image has no such program. */
const NO_PROGRAM = /executable file\b.*not found|no such file or directory|command .*not found/i;

/** An attempt's container that could not be made or started, as a start that was refused. */
export function refusedStart(
  image: string,
  program: string,
  words: string,
  cause?: unknown,
): SpawnFailure {
  if (NO_PROGRAM.test(words)) {
    return new SpawnFailure(
      { code: 'ENOENT', call: 'exec', path: program },
      `the image ${image} has no program "${program}" on its PATH, or it can't be run there; its engine says: ${words}`,
      cause,
    );
  }
  return new SpawnFailure(
    { code: 'UNKNOWN', call: 'container', path: null },
    `its container could not be started: ${words}`,
    cause,
  );
}
