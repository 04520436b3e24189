import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { historyConformance } from '../conformance.ts';
import { openForTest } from './open-for-test.ts';

const dir = mkdtempSync(join(tmpdir(), 'pindown-history-'));
after(() => rmSync(dir, { recursive: true }));
let made = 0;

historyConformance('SQLite in memory', () => openForTest(':memory:'));
historyConformance('SQLite in a file', () => {
  made += 1;
  return openForTest(join(dir, String(made), 'history.sqlite'));
});
