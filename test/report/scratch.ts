import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A directory of this test file's own, removed at its end. */
export function scratchDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'pindown-report-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
