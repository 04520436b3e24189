import type { History } from '../../../src/history/history.ts';
import {
  type OpenedHistory,
  openHistory,
  type OpenOptions,
} from '../../../src/history/sqlite/open.ts';

/** A history that must open as if nothing were wrong. */
export function openForTest(file: string, options?: OpenOptions): History {
  const opened = mustOpen(file, options);
  if (opened.setAside !== null) throw new Error(`set aside: ${opened.setAside.reason}`);
  return opened.history;
}

/** A history that must open, whatever was set aside for it. */
export function mustOpen(
  file: string,
  options?: OpenOptions,
): Extract<OpenedHistory, { kind: 'open' }> {
  const opened = openHistory(file, options);
  if (opened.kind === 'unavailable') throw opened.error;
  return opened;
}
