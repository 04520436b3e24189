import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PindownError } from '../../../src/core/errors.ts';
import { dumpOnHang, type DumpOnHangOptions } from '../../../src/hang/watchdog/dump-on-hang.ts';
import { plainEnvironment } from '../../plain-environment.ts';
import { scratchDirectory } from '../../report/scratch.ts';

const LIBRARY = pathToFileURL(join(import.meta.dirname, '../../../src/index.ts')).href;

interface Ended {
  readonly status: number | null;
  readonly said: string;
  /** Null where nothing was written. */
  readonly dump: string | null;
}

/** Runs a program that has `dump` as the path and `exists()` to look whether it is written. */
async function run(body: string): Promise<Ended> {
  const dump = join(scratchDirectory(), 'deep', 'dump.txt');
  const program = `
    import { existsSync } from 'node:fs';
    import { dumpOnHang } from ${JSON.stringify(LIBRARY)};
    const dump = ${JSON.stringify(dump)};
    const exists = () => existsSync(dump);
    ${body}`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: plainEnvironment,
    timeout: 25_000,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await once(child, 'close');
  const text = existsSync(dump) ? readFileSync(dump, 'utf8') : null;
  return { status: child.exitCode, said, dump: text };
}

describe('dumpOnHang', { concurrency: 2 }, () => {
  test('tells of a loop that blocks the main thread, while it does', async () => {
    const { status, said, dump } = await run(`
      const guard = dumpOnHang({ after: 100, path: dump });
      function untilDumped() {
        const until = Date.now() + 20_000;
        while (!exists() && Date.now() < until);
      }
      untilDumped();
      console.log(exists() ? 'was told' : 'was not told');
      guard.dispose();`);
    assert.equal(status, 0, said);
    assert.match(said, /was told/);
    assert.match(dump ?? '', /main thread runs, and its event loop is blocked/);
    assert.match(dump ?? '', /\(untilDumped\)/);
  });

  test('tells where an async function waits, and what keeps the loop', async () => {
    const { status, said, dump } = await run(`
      import { createServer } from 'node:net';
      const server = createServer().listen(0, '127.0.0.1');
      dumpOnHang({ after: 100, path: dump });
      async function untilClosed() {
        await new Promise((resolve) => server.on('close', resolve));
      }
      const poll = setInterval(() => exists() && server.close(), 50);
      await untilClosed();
      clearInterval(poll);`);
    assert.equal(status, 0, said);
    assert.match(dump ?? '', /waits in its event loop/);
    assert.match(dump ?? '', /\(untilClosed\)/);
    assert.match(dump ?? '', /kept by Server 127\.0\.0\.1:\d+/);
    assert.match(dump ?? '', /kept by its interval of 50 ms/);
  });

  test('says that a native call answers nothing', async () => {
    const { status, said, dump } = await run(`
      import { execFileSync } from 'node:child_process';
      dumpOnHang({ after: 50, path: dump });
      const wait = 'for i in $(seq 200); do test -e "$0" && exit; sleep 0.1; done';
      execFileSync('sh', ['-c', wait, dump]);`);
    assert.equal(status, 0, said);
    assert.match(dump ?? '', /is inside a native call/);
  });

  for (const [how, disarm] of [
    ['disposed of', 'guard.dispose()'],
    ['left as a scope', 'guard[Symbol.dispose]()'],
    ['aborted', 'stop.abort()'],
  ] as const) {
    test(`is silent where the guard is ${how}, and keeps no process`, async () => {
      // A second guard shows that the first one's time has come and gone.
      const { status, said, dump } = await run(`
        const stop = new AbortController();
        const guard = dumpOnHang({ after: 200, path: dump, signal: stop.signal });
        const later = dump + '.later';
        dumpOnHang({ after: 300, path: later });
        ${disarm};
        while (!existsSync(later)) await new Promise((resolve) => setTimeout(resolve, 20));`);
      assert.deepEqual({ status, said, dump }, { status: 0, said: '', dump: null });
    });
  }

  test('warns where the file can not be written', async () => {
    const { said, dump } = await run(`
      import { writeFileSync } from 'node:fs';
      import { dirname } from 'node:path';
      writeFileSync(dirname(dump), 'a file where a directory should be');
      dumpOnHang({ after: 50, path: dump });
      const [warning] = await import('node:events').then(({ once }) => {
        const alive = setTimeout(() => {}, 20_000);
        return once(process, 'warning').finally(() => clearTimeout(alive));
      });
      console.log(warning.code);`);
    assert.match(said, /PINDOWN_DUMP_ON_HANG/);
    assert.match(said, /dump\.txt was not written: E(?:EXIST|NOTDIR)/);
    assert.equal(dump, null);
  });

  test('takes only options', () => {
    for (const options of [undefined, null, 'x']) {
      assert.throws(() => dumpOnHang(options as unknown as DumpOnHangOptions), PindownError);
    }
  });

  test('takes only a path', () => {
    for (const path of ['', undefined, 5]) {
      assert.throws(() => dumpOnHang({ after: 1, path: path as string }), PindownError);
    }
  });

  test('takes only a time', () => {
    for (const after of [-1, Number.NaN, Infinity, 2 ** 31]) {
      assert.throws(() => dumpOnHang({ after, path: 'x' }), PindownError);
    }
  });
});
