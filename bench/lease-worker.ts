// lease-worker.ts WAY DIR: takes orders, a line each, and answers with a line each.
//   run MS: acquires and releases for so long; answers with how often. Each turn is a line in the
//     file `order`, by which it can be told whose turns followed each other
//   turns N: acquires and releases so often
//   hold: acquires and keeps it; answers with the milliseconds of the monotonic clock
import { execFile } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { acquireLease } from '../src/lease/acquire-lease.ts';
import type { LeaseWay } from './rows/lease.ts';

interface ProperLockfile {
  lock(file: string, options: object): Promise<() => Promise<void>>;
}

const [way = '', dir = ''] = process.argv.slice(2);
const file = join(dir, 'file');
mkdirSync(dir, { recursive: true });
writeFileSync(file, '');
const order = openSync(join(dir, 'order'), 'a');

const acquirers: Readonly<Record<LeaseWay, () => () => Promise<() => Promise<unknown>>>> = {
  kernel: () => async () => await leased('kernel'),
  files: () => async () => await leased('files'),
  // As quick as it can be made: it looks every few milliseconds, and takes over after 2 s, its
  // least (10 s where nothing is said).
  'proper-lockfile': () =>
    properLockfile({ forever: true, factor: 1, minTimeout: 1, maxTimeout: 5, randomize: true }),
  'proper-lockfile, its own pace': () => properLockfile({ forever: true }),
  // A process holds it for as long as true(1) takes.
  flock: () => async () => {
    await promisify(execFile)('flock', [file, 'true']);
    return () => Promise.resolve();
  },
};

function properLockfile(retries: object): () => Promise<() => Promise<void>> {
  const proper = createRequire(import.meta.url)('proper-lockfile') as ProperLockfile;
  return async () => await proper.lock(file, { stale: 2000, realpath: false, retries });
}

const acquire = acquirers[way as LeaseWay]();

for await (const line of createInterface({ input: process.stdin })) {
  const [what, ms = '0'] = line.split(' ');
  if (what === 'run') process.stdout.write(`${await run(Number(ms))}\n`);
  else if (what === 'turns') {
    for (let turn = 0; turn < Number(ms); turn += 1) await (await acquire())();
    process.stdout.write('done\n');
  } else {
    await acquire();
    process.stdout.write(`${Number(process.hrtime.bigint() / 1000n) / 1000}\n`);
  }
}
process.exit(0);

async function run(ms: number): Promise<number> {
  let count = 0;
  for (const end = performance.now() + ms; performance.now() < end; count += 1) {
    const release = await acquire();
    writeSync(
      order,
      `${process.pid}
`,
    );
    await release();
  }
  return count;
}

async function leased(backend: 'kernel' | 'files'): Promise<() => Promise<unknown>> {
  const lease = await acquireLease({ key: 'bench', limit: 1, root: dir, backend, wait: 600_000 });
  if (lease.kind !== 'acquired') throw new Error(`Expected a lease, got ${JSON.stringify(lease)}`);
  return async () => await lease.release();
}
