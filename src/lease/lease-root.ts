import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { isSystemError } from '../core/errors.ts';

/**
 * Where the leases of this user are kept. Neither `HOME` nor `TMPDIR` has a say, since suites are
 * given others of these, and then share a database all the same.
 */
export function leaseRoot(given: string | undefined): string {
  const chosen = given ?? process.env['PINDOWN_LEASE_ROOT'] ?? '';
  return chosen === '' ? usersRoot() : resolve(chosen);
}

function usersRoot(): string {
  try {
    const { homedir } = userInfo();
    if (isAbsolute(homedir)) return join(homedir, '.local', 'state', 'pindown', 'leases');
  } catch (error) {
    // A container may run under a user id that the user database does not know.
    if (!isSystemError(error)) throw error;
  }
  return join('/tmp', `pindown-leases-${process.getuid?.() ?? 'all'}`);
}
