/** Locks a file, says how that went, and holds on until it is killed. */
import { openSync } from 'node:fs';
import { openSystemCalls } from '../../../../src/process/native/load-system-calls.ts';
import type { SystemCalls } from '../../../../src/process/native/system-calls.ts';

const [via, file = '', kind] = process.argv.slice(2);
const calls = openSystemCalls(via as SystemCalls['via']);
if (typeof calls === 'string') throw new Error(calls);
console.log(calls.openFileLock(openSync(file, 'r+'), kind as 'exclusive' | 'shared'));
setInterval(() => undefined, 60_000);
