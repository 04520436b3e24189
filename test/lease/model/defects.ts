import { attempted, done, type Steps } from '../../../src/lease/operation.ts';
import type { Contending } from './check-protocol.ts';

/** Takes the `mkdir` lock, and writes into it whose it is. */
function* makeGate(nonce: string): Steps<boolean> {
  const made = yield* attempted({ op: 'make-directory', path: 'gate' }, 'EEXIST');
  if (!made.ok) return false;
  yield* attempted({ op: 'write', path: 'gate/owner', text: nonce }, 'ENOENT');
  return true;
}

function* removeGate(gate: string): Steps<void> {
  yield* attempted({ op: 'unlink', path: `${gate}/owner` }, 'ENOENT');
  yield* attempted({ op: 'remove-directory', path: gate }, 'ENOENT', 'ENOTEMPTY');
}

function defect(reclaim: (nonce: string) => Steps<boolean>): Contending {
  return {
    limit: 1,
    program: () => ({
      *acquire(nonce) {
        if (yield* makeGate(nonce)) return { token: 1 };
        if (!(yield* reclaim(nonce))) return null;
        return (yield* makeGate(nonce)) ? { token: 1 } : null;
      },
      release: () => removeGate('gate'),
      holding: () => '',
    }),
  };
}

/**
 * As published by several projects: the lock of a dead owner is renamed away, and whose it was is
 * looked at again only then. What was renamed may be a living one's by now.
 */
export const renameThenLook: Contending = defect(function* (nonce) {
  const owner = yield* attempted({ op: 'read', path: 'gate/owner' }, 'ENOENT');
  if (!owner.ok) return false;
  if ((yield* done({ op: 'judge', identity: owner.value })) !== 'dead') return false;
  const aside = `aside-${nonce}`;
  if (!(yield* attempted({ op: 'rename', from: 'gate', to: aside }, 'ENOENT')).ok) return false;
  const moved = yield* attempted({ op: 'read', path: `${aside}/owner` }, 'ENOENT');
  if (moved.ok && moved.value === owner.value) {
    yield* removeGate(aside);
    return true;
  }
  yield* attempted({ op: 'rename', from: aside, to: 'gate' }, 'ENOTEMPTY');
  return false;
});

/**
 * As published, too: a lock without an owner is taken for left behind once it is old, by a clock
 * that may have stepped; its maker may be about to write the owner.
 */
export const mkdirThenOwner: Contending = defect(function* () {
  const owner = yield* attempted({ op: 'read', path: 'gate/owner' }, 'ENOENT');
  if (owner.ok) {
    if ((yield* done({ op: 'judge', identity: owner.value })) !== 'dead') return false;
  } else if ((yield* done({ op: 'wall-clock' })) < 1000) return false;
  yield* removeGate('gate');
  return true;
});
