import { privateName } from './names.ts';
import { attempted, done, type Steps } from './operation.ts';

/**
 * Gives a name a new content in one step, so that nobody sees half of it; for names that only one
 * process may write. What could not be published is taken away.
 *
 * What need not be durable is no regular file: one that is renamed over another is written to the
 * disk at once by ext4 (`auto_da_alloc`, ext4(5)), which costs more than the rest of an acquisition.
 *
 * @param nonce the writer's
 * @throws Obstacle
 */
export function* replaceFile(
  name: string,
  text: string,
  { nonce, durable }: { readonly nonce: string; readonly durable: boolean },
): Steps<void> {
  const prepared = privateName('file', nonce);
  yield* durable
    ? done({ op: 'write', path: prepared, text, durable })
    : done({ op: 'inscribe', path: prepared, text });
  let published = false;
  try {
    yield* done({ op: 'rename', from: prepared, to: name, durable });
    published = true;
  } finally {
    if (!published) yield* attempted({ op: 'unlink', path: prepared }, 'ENOENT');
  }
}
