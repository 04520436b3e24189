import { nonceOfPrivate } from './names.ts';
import { attempted, done, type Steps } from './operation.ts';

/**
 * Takes away what the dead had prepared and never published.
 *
 * @param names of the key's directory
 * @returns how many there were
 */
export function* sweepLitter(names: readonly string[]): Steps<number> {
  let count = 0;
  for (const path of names) {
    const nonce = nonceOfPrivate(path);
    if (nonce === null) continue;
    if ((yield* done({ op: 'judge', identity: nonce })) !== 'dead') continue;
    yield* sweep(path);
    count += 1;
  }
  return count;
}

/** A file, or a directory with nothing but files. Its maker is dead, and nobody else looks in. */
function* sweep(path: string): Steps<void> {
  const listed = yield* attempted({ op: 'names', path }, 'ENOENT', 'ENOTDIR');
  if (!listed.ok) {
    yield* attempted({ op: 'unlink', path }, 'ENOENT');
    return;
  }
  for (const name of listed.value) {
    yield* attempted({ op: 'unlink', path: `${path}/${name}` }, 'ENOENT');
  }
  yield* attempted({ op: 'remove-directory', path }, 'ENOENT');
}
