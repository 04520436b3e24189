import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { Declared } from '../core/fault.ts';

/** What names the file to the suite's own infrastructure. */
export const INFRA_FAILURE_FILE = 'PINDOWN_INFRA_FAILURE_FILE';

/** So much of it is read, bytes; so many lines count. */
const MOST_BYTES = 65_536;
const MOST_LINES = 20;

/** Where an attempt's infrastructure may declare that it failed. */
export function infraFailureFile(attemptDir: string): string {
  return join(attemptDir, 'infra-failures');
}

/** What was declared there: one `component: text` a line; nothing where there is no file. */
export function readInfraFailures(file: string): readonly Declared[] {
  return beginningOf(file)
    .split('\n')
    .flatMap((line) => {
      const [, component, text] = /^\s*([^:]+?)\s*:\s*(\S.*?)\s*$/.exec(line) ?? [];
      return component === undefined || text === undefined ? [] : [{ component, text }];
    })
    .slice(0, MOST_LINES);
}

function beginningOf(file: string): string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes));
  } catch (error) {
    if (isSystemError(error)) return '';
    throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
