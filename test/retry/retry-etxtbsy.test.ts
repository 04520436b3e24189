import assert from 'node:assert/strict';
import {
  ChildProcess,
  execFile,
  execFileSync,
  spawn,
  spawnSync,
  type SpawnSyncReturns,
} from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { retryEtxtbsy, retryEtxtbsySync, spawnRetry } from '../../src/retry/retry-etxtbsy.ts';
import { refused, SteppedTime } from './stepped-time.ts';

const ALL_WAITS = [5, 10, 20, 40, 80];

const busy = (): Error => refused('ETXTBSY', 'spawn');

/** What a call gives where it is refused in each of Node's ways, and where it is not. */
const WAYS = {
  'a throw': (error: Error): never => {
    throw error;
  },
  'a rejection': async (error: Error): Promise<never> => {
    throw error;
  },
  'an error event': (error: Error): ChildProcess => {
    const child = new ChildProcess();
    process.nextTick(() => child.emit('error', error));
    return child;
  },
} as const;

/** What comes of a call that is refused in this way for these reasons in turn. */
async function outcomeOf(refuse: (error: Error) => unknown, errors: readonly Error[]) {
  const timekeeper = new SteppedTime();
  let calls = 0;
  const operation = (): unknown => {
    const error = errors[calls];
    calls += 1;
    return error === undefined ? 'started' : refuse(error);
  };
  const ended = await retryEtxtbsy(operation, { timekeeper }).catch((error: unknown) => error);
  return { ended, calls, waits: timekeeper.waits };
}

for (const [way, refuse] of Object.entries(WAYS)) {
  describe(`a refusal by ${way}`, () => {
    test('that never comes is one call', async () => {
      assert.deepEqual(await outcomeOf(refuse, []), { ended: 'started', calls: 1, waits: [] });
    });

    test('that comes twice is three calls', async () => {
      const two = await outcomeOf(refuse, [busy(), busy()]);
      assert.deepEqual(two, { ended: 'started', calls: 3, waits: [5, 10] });
    });

    test('for another reason is one call', async () => {
      for (const error of [refused('ENOENT', 'spawn'), refused('ETXTBSY', 'open')]) {
        const { ended, calls, waits } = await outcomeOf(refuse, [error, busy()]);
        assert.equal(ended, error);
        assert.deepEqual([calls, waits], [1, []]);
      }
    });

    test('that does not end is six calls, and the last error', async () => {
      const errors = Array.from({ length: 9 }, busy);
      const { ended, calls, waits } = await outcomeOf(refuse, errors);
      assert.equal(ended, errors[5]);
      assert.deepEqual([calls, waits], [6, ALL_WAITS]);
    });
  });
}

const result = (error?: Error): SpawnSyncReturns<string> => ({
  pid: error === undefined ? 1 : 0,
  output: [],
  stdout: '',
  stderr: '',
  status: error === undefined ? 0 : null,
  signal: null,
  ...(error === undefined ? {} : { error }),
});

describe('a refusal in the result of spawnSync', () => {
  const BOTH = {
    retryEtxtbsy: async (operation: () => SpawnSyncReturns<string>, timekeeper: SteppedTime) =>
      await retryEtxtbsy(operation, { timekeeper }),
    retryEtxtbsySync: async (operation: () => SpawnSyncReturns<string>, timekeeper: SteppedTime) =>
      retryEtxtbsySync(operation, { timekeeper }),
  };

  for (const [name, retry] of Object.entries(BOTH)) {
    async function outcome(results: readonly SpawnSyncReturns<string>[]) {
      const timekeeper = new SteppedTime();
      let calls = 0;
      const ended = await retry(() => results[calls++] ?? result(), timekeeper);
      return { ended, calls, waits: timekeeper.waits };
    }

    test(`is retried by ${name}`, async () => {
      const results = [result(busy()), result(busy()), result()];
      const { ended, calls, waits } = await outcome(results);
      assert.equal(ended, results[2]);
      assert.deepEqual([calls, waits], [3, [5, 10]]);
    });

    test(`is left there by ${name} where it does not end, or is another one`, async () => {
      const results = Array.from({ length: 9 }, () => result(busy()));
      const { ended, calls, waits } = await outcome(results);
      assert.equal(ended, results[5]);
      assert.deepEqual([calls, waits], [6, ALL_WAITS]);

      const missing = result(refused('ENOENT', 'spawnSync /x'));
      const once = await outcome([missing]);
      assert.equal(once.ended, missing);
      assert.equal(once.calls, 1);
    });
  }
});

test('a child that is a promise too, such as execa’s, is waited for as one', async () => {
  const timekeeper = new SteppedTime();
  let calls = 0;
  const operation = (): ChildProcess => {
    calls += 1;
    const ended = calls === 1 ? Promise.reject(busy()) : Promise.resolve('done');
    // oxlint-disable-next-line unicorn/no-thenable
    return Object.assign(new ChildProcess(), { then: ended.then.bind(ended) });
  };
  assert.equal(await retryEtxtbsy<unknown>(operation, { timekeeper }), 'done');
  assert.deepEqual(timekeeper.waits, [5]);
});

const started = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });

describe('on a real kernel, a program that is held open for writing', () => {
  const dir = mkdtempSync(join(tmpdir(), 'pindown-etxtbsy-'));
  after(() => rmSync(dir, { recursive: true }));

  /** A new program with a writer that is let go after so many refusals. */
  function held(name: string, refusals: number) {
    const program = join(dir, name);
    writeFileSync(program, '#!/bin/sh\necho started\n', { mode: 0o755 });
    const writer = openSync(program, 'r+');
    const codes: unknown[] = [];
    const timekeeper = new SteppedTime();
    const onRetry = ({ error, attempt }: { error: unknown; attempt: number }): void => {
      codes.push((error as NodeJS.ErrnoException).code);
      if (attempt === refusals) closeSync(writer);
    };
    return { program, codes, hooks: { onRetry, timekeeper } };
  }

  const STARTS = {
    spawnRetry: async (program, hooks) => started(await spawnRetry(program, [], {}, hooks)),
    spawn: async (program, hooks) => started(await retryEtxtbsy(() => spawn(program), hooks)),
    execFile: async (program, hooks) => {
      const { stdout } = await retryEtxtbsy(() => promisify(execFile)(program), hooks);
      return stdout;
    },
    spawnSync: async (program, hooks) =>
      retryEtxtbsySync(() => spawnSync(program, { encoding: 'utf8' }), hooks).stdout,
    execFileSync: async (program, hooks) =>
      retryEtxtbsySync(() => execFileSync(program, { encoding: 'utf8' }), hooks),
  } satisfies Record<
    string,
    (program: string, hooks: ReturnType<typeof held>['hooks']) => Promise<string>
  >;

  for (const [name, start] of Object.entries(STARTS)) {
    test(`is started by ${name} once it is let go`, async () => {
      const { program, codes, hooks } = held(name, 3);
      assert.equal(await start(program, hooks), 'started\n');
      assert.deepEqual(codes, ['ETXTBSY', 'ETXTBSY', 'ETXTBSY']);
      assert.deepEqual(hooks.timekeeper.waits, [5, 10, 20]);
    });
  }

  test('is given up after six calls', async () => {
    const { program, codes, hooks } = held('for-good', Infinity);
    await assert.rejects(spawnRetry(program, [], {}, hooks), { code: 'ETXTBSY' });
    assert.equal(codes.length, 5);
    assert.deepEqual(hooks.timekeeper.waits, ALL_WAITS);
  });
});

describe('spawnRetry', () => {
  test('gives a child that runs, with its events to come', async () => {
    const child = await spawnRetry('sh', ['-c', 'exit 3'], { stdio: 'ignore' });
    assert.ok(child.pid !== undefined);
    const status = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(status, 3);
  });

  test('rejects where there is no such program', async () => {
    const timekeeper = new SteppedTime();
    await assert.rejects(spawnRetry('/no/such/program', [], {}, { timekeeper }), {
      code: 'ENOENT',
      syscall: 'spawn /no/such/program',
    });
    assert.deepEqual(timekeeper.waits, []);
  });

  test('starts nothing where its signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('no longer wanted'));
    await assert.rejects(spawnRetry('/no/such/program', [], { signal }), /no longer wanted/);
  });
});
