import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { acquireLease } from '../../src/lease/acquire-lease.ts';
import type { Backend } from '../../src/lease/claims.ts';
import type { Lease, LeaseOptions, LeaseResult } from '../../src/lease/lease.ts';
import { listLeases } from '../../src/lease/list-leases.ts';
import { releaseStale } from '../../src/lease/release-stale.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { scratchDirectory } from '../report/scratch.ts';

const HOLD = join(import.meta.dirname, 'programs', 'hold.ts');
const scratch = scratchDirectory();
const LONG = 20_000;

/** What leases do, whatever they are kept by. */
export function leaseConformance(backend: Backend): void {
  describe(`leases kept by ${backend}`, () => {
    const children: ChildProcess[] = [];
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
    });

    /** A process that has said what it came to. */
    const holder = async (
      { root = '', key, limit, wait = 0 }: LeaseOptions,
      said: string | null,
    ): Promise<ChildProcess> => {
      const args = [HOLD, root, key, String(limit), backend, String(wait)];
      const child = spawn(process.execPath, args, {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: plainEnvironment,
      });
      children.push(child);
      child.stdout.setEncoding('utf8');
      if (said !== null) assert.equal(String((await once(child.stdout, 'data'))[0]).trim(), said);
      return child;
    };

    test('go to as many as the limit says, each with a slot and a larger token', async () => {
      const asked = optionsOf(backend, 2);
      const [one, two] = [await got(asked), await got(asked)];
      assert.deepEqual([one.slot, two.slot], [0, 1]);
      assert.ok(two.token > one.token);
      const third = await acquireLease(asked);
      assert.equal(third.kind === 'blocked' && third.reason, 'held');
      assert.equal(third.kind === 'blocked' && third.holders, 2);
      assert.ok(third.kind === 'blocked' && third.oldestMs !== null && third.oldestMs >= 0);
      assert.equal(await one.release(), 'released');
      assert.equal(await one.release(), 'released', 'once is enough');
      const again = await got(asked);
      assert.equal(again.slot, 0);
      assert.ok(again.token > two.token);
      await Promise.all([two.release(), again.release()]);
    });

    test('end with their scope', async () => {
      const asked = optionsOf(backend, 1);
      // What `await using` calls.
      await (await got(asked))[Symbol.asyncDispose]();
      await (await got(asked)).release();
    });

    test('are handed over to who waits, in the order of coming', async () => {
      const asked = { ...optionsOf(backend, 1), wait: LONG };
      const first = await got(asked);
      const order: number[] = [];
      const waiting: Promise<void>[] = [];
      for (const number of [1, 2, 3, 4, 5]) {
        waiting.push(inTurn(asked, () => order.push(number)));
        await until(() => waitingIn(asked) === number);
      }
      await first.release();
      await Promise.all(waiting);
      assert.deepEqual(order, [1, 2, 3, 4, 5]);
      assert.deepEqual(leftIn(asked), []);
    });

    test('are not given to who comes later, not even where one is free', async () => {
      const asked = optionsOf(backend, 1);
      const held = await got(asked);
      const stopped = await holder({ ...asked, wait: LONG }, null);
      await until(() => waitingIn(asked) === 1);
      stopped.kill('SIGSTOP');
      await held.release();
      const late = await acquireLease(asked);
      assert.equal(late.kind === 'blocked' && late.reason, 'queue');
      // One who waits passes over who does not take what is free, sooner or later.
      await (await got({ ...asked, wait: LONG })).release();
      stopped.kill('SIGCONT');
      assert.match(String((await once(stopped.stdout!, 'data'))[0]), /acquired/);
    });

    test('are free after their holder was killed, or has just ended', async () => {
      const asked = { ...optionsOf(backend, 1), wait: LONG };
      for (const end of ['kill', 'exit'] as const) {
        const child = await holder(asked, 'acquired');
        assert.equal((await acquireLease({ ...asked, wait: 0 })).kind, 'blocked');
        const next = acquireLease(asked);
        await until(() => waitingIn(asked) === 1);
        if (end === 'kill') child.kill('SIGKILL');
        else child.stdin!.end();
        await taken(await next).release();
      }
      assert.deepEqual(leftIn(asked), []);
    });

    test('are given back by a process that just ends', async () => {
      const asked = optionsOf(backend, 1);
      const child = await holder(asked, 'acquired');
      child.stdin!.end();
      await once(child, 'exit');
      const [stale] = releaseStale(asked.root!);
      assert.deepEqual(stale, { key: 'db', found: { permits: 0, tickets: 0, litter: 0 } });
    });

    test('are not waited for by who was killed', async () => {
      const asked = { ...optionsOf(backend, 1), wait: LONG };
      const held = await got(asked);
      const killedWaiter = async (): Promise<void> => {
        const dead = await holder(asked, null);
        await until(() => waitingIn(asked) === 1);
        dead.kill('SIGKILL');
        await once(dead, 'exit');
      };
      await killedWaiter();
      const [stale] = releaseStale(asked.root!);
      assert.deepEqual(stale, { key: 'db', found: { permits: 0, tickets: 1, litter: 0 } });
      await killedWaiter();
      await held.release();
      await (await got({ ...asked, wait: 0 })).release();
      assert.deepEqual(leftIn(asked), [], 'who comes next takes it away');
    });

    test('can be given up while they are waited for', async () => {
      const asked = optionsOf(backend, 1);
      const held = await got(asked);
      const abort = new AbortController();
      const waiting = acquireLease({ ...asked, wait: LONG, signal: abort.signal });
      await until(() => waitingIn(asked) === 1);
      abort.abort();
      const result = await waiting;
      assert.equal(result.kind === 'blocked' && result.reason, 'cancelled');
      assert.equal(waitingIn(asked), 0);
      await held.release();
      const early = await acquireLease({ ...asked, signal: AbortSignal.abort() });
      assert.equal(early.kind === 'blocked' && early.reason, 'cancelled');
    });

    test('are tried for once however short the time is', async () => {
      const asked = optionsOf(backend, 1);
      await (await got({ ...asked, wait: 0 })).release();
      const signal = AbortSignal.timeout(1);
      await until(() => signal.aborted);
      await (await got({ ...asked, signal })).release();
    });

    test('of different limits keep to the smaller', async () => {
      const asked = optionsOf(backend, 1);
      const [zero, one] = [await got({ ...asked, limit: 3 }), await got({ ...asked, limit: 3 })];
      assert.equal(zero.limit, 3);
      const small = acquireLease({ ...asked, wait: LONG });
      await until(() => waitingIn(asked) === 1);
      await zero.release();
      // Slot 0 is free, and one who came with 3 still holds slot 1.
      const late = await acquireLease(asked);
      assert.equal(late.kind, 'blocked');
      await one.release();
      const lease = taken(await small);
      assert.deepEqual([lease.slot, lease.limit], [0, 1]);
      const large = await acquireLease({ ...asked, limit: 3 });
      assert.equal(large.kind === 'blocked' && large.reason, 'limit');
      await lease.release();
      const [after] = [await got({ ...asked, limit: 3 })];
      assert.equal(after.limit, 3);
      await after.release();
    });

    test('survive the removal of their directory while one waits', async () => {
      const asked = { ...optionsOf(backend, 1), wait: LONG };
      const held = await got(asked);
      const waiting = acquireLease(asked);
      await until(() => waitingIn(asked) === 1);
      rmSync(asked.root!, { recursive: true });
      if (backend === 'kernel') await until(() => waitingIn(asked) === 1);
      assert.equal(await held.release(), backend === 'kernel' ? 'released' : 'lost');
      const next = taken(await waiting);
      assert.ok(next.token > held.token, 'tokens grow all the same');
      await next.release();
    });

    test('fail at once where the file system refuses', async () => {
      const asked = { ...optionsOf(backend, 1), wait: LONG };
      const file = join(asked.root!, 'file');
      writeFileSync(file, '');
      const loop = join(asked.root!, 'loop');
      symlinkSync(loop, loop);
      assert.equal(await failing({ ...asked, key: 'x'.repeat(300) }), 'ENAMETOOLONG');
      assert.equal(await failing({ ...asked, root: file }), 'ENOTDIR');
      assert.equal(await failing({ ...asked, root: loop }), 'ELOOP');
      const other = backend === 'files' ? 'kernel' : 'files';
      await (await got(asked)).release();
      assert.equal(await failing({ ...asked, backend: other }), 'backend-differs');
      const { backend: _, ...either } = asked;
      const lease = await got(either);
      assert.equal(lease.backend, backend, 'what it is kept by already');
      await lease.release();
    });
  });
}

function optionsOf(backend: Backend, limit: number): LeaseOptions {
  return { key: 'db', limit, root: mkdtempSync(join(scratch, 'leases-')), backend };
}

async function inTurn(asked: LeaseOptions, turn: () => void): Promise<void> {
  const lease = await got(asked);
  turn();
  await lease.release();
}

async function got(options: LeaseOptions): Promise<Lease> {
  return taken(await acquireLease(options));
}

function taken(result: LeaseResult): Lease {
  if (result.kind !== 'acquired') throw new Error(JSON.stringify(result));
  return result;
}

async function failing(options: LeaseOptions): Promise<string> {
  const result = await acquireLease(options);
  return result.kind === 'failed' ? result.code : result.kind;
}

function waitingIn({ root = '' }: LeaseOptions): number {
  const [lease] = listLeases(root);
  return lease !== undefined && 'found' in lease ? lease.found.waiting : 0;
}

/** What is left but for the permits themselves and what is known of the last holders. */
function leftIn({ root = '', key }: LeaseOptions): string[] {
  return readdirSync(join(root, key)).filter(
    (name) => !/^(kept-by|(slot|record|reserved)-\d+)$/.test(name),
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}
