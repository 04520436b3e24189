import { privateName } from './names.ts';
import { attempted, done, type Steps } from './operation.ts';

/**
 * Gives a name a new content in one step, so that nobody sees half of it; for names that only one
 * process may write. What could not be published is taken away.
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
  yield* done({ op: 'write', path: prepared, text, durable });
  let published = false;
  try {
    yield* done({ op: 'rename', from: prepared, to: name, durable });
    published = true;
  } finally {
    if (!published) yield* attempted({ op: 'unlink', path: prepared }, 'ENOENT');
  }
}
