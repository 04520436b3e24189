import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dumpOnHang } from 'pindown';

const path = join(tmpdir(), `hang-${process.pid}.txt`);
const guard = dumpOnHang({ after: 30_000, path });
try {
  await pause(10);
} finally {
  guard.dispose();
}
console.assert(!existsSync(path));
