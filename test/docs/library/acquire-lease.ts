import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLease } from 'pindown';

// Left out, `root` is one directory for all that this user runs.
const root = mkdtempSync(join(tmpdir(), 'leases-'));
const lease = await acquireLease({ key: 'db', limit: 2, wait: 60_000, root });
if (lease.kind !== 'acquired') throw new Error(lease.because);
try {
  console.assert(lease.slot === 0 && lease.token > 0);
} finally {
  await lease.release();
}
rmSync(root, { recursive: true });
