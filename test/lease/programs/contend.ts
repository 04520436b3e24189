// contend.ts ROOT LIMIT BACKEND LOG: acquires and releases until its input ends; writes into LOG,
// in whole lines, when it had a permit, and says a line after every STEP.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { acquireLease } from '../../../src/lease/acquire-lease.ts';
import type { Backend } from '../../../src/lease/claims.ts';

const STEP = 10;
const [root = '', limit = '1', backend = 'kernel', file = ''] = process.argv.slice(2);
const asked = { root, key: 'soak', limit: Number(limit), backend: backend as Backend };

// O_APPEND: the lines of all processes come one after the other, open(2).
const log = openSync(file, 'a');
const note = (what: string, ...more: readonly (number | string)[]): void => {
  const line = [what, process.pid, process.hrtime.bigint(), ...more].join(' ');
  writeSync(log, `${line}\n`);
};

process.stdin.resume();

for (let count = 1; !process.stdin.readableEnded; count += 1) {
  let result = await acquireLease(asked);
  if (result.kind === 'blocked') {
    note('blocked');
    result = await acquireLease({ ...asked, wait: 600_000 });
  }
  if (result.kind !== 'acquired') throw new Error(JSON.stringify(result));
  note('enter', result.slot, result.token);
  // Long enough now and then that what is done to the files is done to those of holders.
  if (count % 4 === 0) await setTimeout(10);
  note('leave', result.slot, result.token);
  await result.release();
  if (count % STEP === 0) process.stdout.write('done\n');
}
closeSync(log);
