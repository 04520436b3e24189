import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { after, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { acquireLease } from '../../src/lease/acquire-lease.ts';
import { type Backend, BACKENDS } from '../../src/lease/claims.ts';
import { releaseStale } from '../../src/lease/release-stale.ts';
import { loadSystemCalls } from '../../src/process/native/load-system-calls.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { readSoakLog } from './soak-log.ts';

/** `npm run soak` asks for more. */
const ACQUISITIONS = Number(process.env['PINDOWN_SOAK_LEASES'] ?? 800);
const PROCESSES = Number(process.env['PINDOWN_SOAK_LEASE_PROCESSES'] ?? 5);
/** So much happens to them in all. */
const MISHAPS = Math.max(12, PROCESSES);
const LIMIT = 2;
const CONTEND = join(import.meta.dirname, 'programs', 'contend.ts');
const scratch = scratchDirectory();
const calls = loadSystemCalls();

type Contender = ChildProcessByStdio<Writable, Readable, null>;

describe(`${PROCESSES} processes and ${ACQUISITIONS} acquisitions of ${LIMIT} permits`, () => {
  const all = new Set<Contender>();
  after(() => {
    for (const child of all) child.kill('SIGKILL');
  });

  for (const backend of BACKENDS) {
    const skip = backend === 'kernel' && calls.via === null ? calls.because : false;
    test(`kept by ${backend}, with kill -9, SIGSTOP and removals`, { skip }, async () => {
      const root = mkdtempSync(join(scratch, 'root-'));
      const file = join(root, '..', `${backend}.log`);
      const killed = new Map<number, bigint>();
      const start = (): Contender => {
        const child = spawn(process.execPath, [CONTEND, root, String(LIMIT), backend, file], {
          stdio: ['pipe', 'pipe', 'inherit'],
          env: plainEnvironment,
        });
        // One that is killed leaves us with a broken pipe, which is as it should be.
        child.stdin.on('error', () => undefined);
        all.add(child);
        return child;
      };
      await contended(start, backend, root, killed);

      const log = readSoakLog(readFileSync(file, 'utf8'), killed);
      assert.equal(log.peak, LIMIT, 'no more, and no fewer, held at once');
      assert.ok(log.blocked > 0, 'nobody was ever blocked: this shows nothing');
      assert.ok(killed.size > 0);
      // Where files are removed, what tokens count from may be, too.
      if (backend === 'files') assert.equal(log.tokensBack, 0);
      await nothingIsLost(root, backend);
    });
  }

  /** Lets them contend until there were enough acquisitions, and does things to them meanwhile. */
  async function contended(
    start: () => Contender,
    backend: Backend,
    root: string,
    killed: Map<number, bigint>,
  ): Promise<void> {
    const living: Contender[] = [];
    let done = 0;
    let mishaps = 0;
    const enough = Promise.withResolvers<void>();
    const failed: string[] = [];
    const stopped: Promise<void>[] = [];
    const add = (): void => {
      const child = start();
      living.push(child);
      child.on('exit', (code, signal) => {
        all.delete(child);
        living.splice(living.indexOf(child), 1);
        if (code !== 0 && !killed.has(child.pid!)) failed.push(`ended with ${code ?? signal}`);
        if (failed.length > 0) enough.resolve();
      });
      child.stdout.setEncoding('utf8').on('data', (said: string) => {
        done += 10 * (said.split('\n').length - 1);
        if (done >= ACQUISITIONS) enough.resolve();
        else if (done > (mishaps * ACQUISITIONS) / MISHAPS) {
          mishaps += 1;
          mishap(mishaps);
        }
      });
    };
    const mishap = (number: number): void => {
      const victim = living[Math.floor(Math.random() * living.length)];
      if (victim === undefined) return;
      switch (number % 4) {
        case 1:
          killed.set(victim.pid!, process.hrtime.bigint());
          victim.kill('SIGKILL');
          add();
          break;
        case 2:
          stopped.push(pause(victim));
          break;
        case 3:
          // What the files themselves stand for is gone with them; locks are not.
          if (backend === 'kernel') rmSync(root, { recursive: true, force: true, maxRetries: 9 });
          break;
        default:
          if (backend === 'kernel') cleanUp(join(root, 'soak'));
      }
    };
    for (let count = 0; count < PROCESSES; count += 1) add();
    await enough.promise;
    await Promise.all(stopped);
    const ends = living.map(async (child) => {
      const end = once(child, 'exit');
      child.stdin.end();
      await end;
    });
    await Promise.all(ends);
    assert.deepEqual(failed, []);
  }

  /** Longer than any pace or patience of ours. */
  async function pause(victim: Contender): Promise<void> {
    victim.kill('SIGSTOP');
    await setTimeout(600);
    victim.kill('SIGCONT');
  }
});

/** As one that cleans a temporary directory: some of it goes, whatever it is. */
function cleanUp(directory: string): void {
  try {
    for (const name of readdirSync(directory)) {
      if (name !== 'kept-by' && Math.random() < 0.5) rmSync(join(directory, name), { force: true });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function nothingIsLost(root: string, backend: Backend): Promise<void> {
  releaseStale(root);
  const names = readdirSync(join(root, 'soak'));
  assert.deepEqual(
    names.filter((name) => name.startsWith('wait-') || name.startsWith('private-')),
    [],
  );
  for (let slot = 0; slot < LIMIT; slot += 1) {
    const lease = await acquireLease({ key: 'soak', root, limit: LIMIT, backend });
    assert.equal(lease.kind === 'acquired' && lease.slot, slot);
  }
}
