// hold.ts ROOT KEY LIMIT BACKEND WAIT: says what it came to, and holds until its input ends.
import { acquireLease } from '../../../src/lease/acquire-lease.ts';
import type { Backend } from '../../../src/lease/claims.ts';

const [root = '', key = '', limit = '1', backend = 'kernel', wait = '0'] = process.argv.slice(2);
const result = await acquireLease({
  root,
  key,
  limit: Number(limit),
  backend: backend as Backend,
  wait: Number(wait),
});
process.stdout.write(`${result.kind}\n`);
process.stdin.resume();
