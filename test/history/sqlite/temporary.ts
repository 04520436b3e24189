import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Where a history may be made, in a directory that goes with the test. */
export function temporaryHistory(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'pindown-history-'));
  context.after(() => rmSync(dir, { recursive: true }));
  return join(dir, 'history.sqlite');
}
