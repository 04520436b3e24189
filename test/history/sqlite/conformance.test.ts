import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openHistory } from '../../../src/history/sqlite/open.ts';
import type { History } from '../../../src/history/history.ts';
import { historyConformance } from '../conformance.ts';

const dir = mkdtempSync(join(tmpdir(), 'pindown-history-'));
after(() => rmSync(dir, { recursive: true }));
let made = 0;

function open(file: string): History {
  const opened = openHistory(file);
  if (opened.kind === 'unavailable') throw opened.error;
  return opened.history;
}

historyConformance('SQLite in memory', () => open(':memory:'));
historyConformance('SQLite in a file', () => open(join(dir, `${(made += 1)}`, 'history.sqlite')));
