import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import fs, { type FileHandle, open, readFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { isSystemError, PindownError } from '../../src/core/errors.ts';
import { installExecutable } from '../../src/retry/install-executable.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { refused } from './stepped-time.ts';

const BODY = '#!/bin/sh\necho installed\n';
const SOURCE = join(import.meta.dirname, '..', '..', 'src', 'retry', 'install-executable.ts');

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pindown-install-'));
});
afterEach(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
  rmSync(dir, { recursive: true });
});

for (const via of ['child', 'self'] as const) {
  describe(`installExecutable via ${via}`, () => {
    test('comes to the path of a program that can be started', async () => {
      const program = await installExecutable(dir, 'hello', BODY, { via });
      assert.equal(program, join(dir, 'hello'));
      assert.equal(spawnSync(program, { encoding: 'utf8' }).stdout, 'installed\n');
      assert.deepEqual(readdirSync(dir), ['hello']);
    });

    test('writes bytes as they are, also none and many', async () => {
      for (const size of [0, 1, 3_000_001]) {
        const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
        const program = await installExecutable(dir, 'bytes', bytes, { via });
        assert.ok(readFileSync(program).equals(bytes), `${size} bytes`);
      }
    });

    test('gives exactly the mode, whatever the umask', async () => {
      const umask = process.umask(0o077);
      try {
        for (const mode of [0o755, 0o555, 0o700, 0o775]) {
          const program = await installExecutable(dir, 'hello', BODY, { via, mode });
          assert.equal(statSync(program).mode & 0o7777, mode);
        }
        const usual = await installExecutable(dir, 'usual', BODY, { via });
        assert.equal(statSync(usual).mode & 0o7777, 0o755);
      } finally {
        process.umask(umask);
      }
    });

    test('takes the place of a program that runs', async () => {
      const cat = await readFile('/bin/cat');
      const program = await installExecutable(dir, 'cat', cat, { via });
      const running = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] });
      await installExecutable(dir, 'cat', BODY, { via });
      assert.equal(spawnSync(program, { encoding: 'utf8' }).stdout, 'installed\n');
      running.stdin.end('still the old one');
      assert.equal(await outputOf(running), 'still the old one');
    });

    test('of many at once under one name leaves one, whole', async () => {
      const bodies = Array.from({ length: 12 }, (_, index) => `#!/bin/sh\necho ${index}\n`);
      await Promise.all(bodies.map((body) => installExecutable(dir, 'same', body, { via })));
      assert.deepEqual(readdirSync(dir), ['same']);
      assert.ok(bodies.includes(readFileSync(join(dir, 'same'), 'utf8')));
    });

    test('syncs it whole before it gets its name, and the directory after', async () => {
      const steps = await recordedSteps();
      await installExecutable(dir, 'hello', BODY, { via });
      assert.deepEqual(steps, ['chmod', 'sync', 'rename', 'sync']);
    });

    test('leaves nothing behind where it fails', async () => {
      await fs.mkdir(join(dir, 'taken'));
      await assert.rejects(installExecutable(dir, 'taken', BODY, { via }), { syscall: 'rename' });
      assert.deepEqual(readdirSync(dir), ['taken']);

      await assert.rejects(installExecutable(join(dir, 'no'), 'x', BODY, { via }), {
        code: 'ENOENT',
        syscall: 'open',
      });
    });

    test('says so where what is there is not what was written', async () => {
      const { prototype } = await fileHandle();
      mock.method(prototype, 'stat', async () => ({ size: BODY.length - 1 }));
      await assert.rejects(installExecutable(dir, 'hello', BODY, { via }), notWritten);
      assert.deepEqual(readdirSync(dir), []);
    });
  });
}

describe('installExecutable', () => {
  const linux = process.platform === 'linux' ? {} : { skip: 'looks into /proc' };

  test('has a child write, so that this process never could', linux, async () => {
    const body = Buffer.alloc(4_000_000, '#');
    assert.deepEqual(await accessesDuring(() => installExecutable(dir, 'x', body)), ['read']);
    const self = () => installExecutable(dir, 'x', body, { via: 'self' });
    assert.deepEqual(await accessesDuring(self), ['write']);
  });

  test('tells what a child failed with, and leaves nothing behind', async () => {
    const script = `
      import { readdirSync } from 'node:fs';
      import { installExecutable } from ${JSON.stringify(SOURCE)};
      const error = await installExecutable('.', 'x', Buffer.alloc(1e6)).catch((fault) => fault);
      const { code, message } = error;
      console.log(JSON.stringify({ code, message, left: readdirSync('.') }));
    `;
    // 8 blocks: the kernel ends who writes more to a file, setrlimit(2).
    const limited = ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath];
    const args = [...limited, '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync('sh', args, {
      cwd: dir,
      env: plainEnvironment,
      encoding: 'utf8',
    });
    assert.notEqual(stdout, '', stderr);
    const { code, message, left } = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(code, 'executable-not-written');
    assert.match(String(message), /could not write .*exec cat/);
    assert.deepEqual(left, []);
  });

  test('takes no name with a directory in it', async () => {
    for (const name of ['', '.', '..', 'a/b', '/a', 'a\0b']) {
      await assert.rejects(
        installExecutable(dir, name, BODY),
        (error) => error instanceof PindownError && error.code === 'executable-name',
        JSON.stringify(name),
      );
    }
    assert.deepEqual(readdirSync(dir), []);
  });

  test('takes a name as long as names can be', async () => {
    const name = 'x'.repeat(255);
    assert.equal(await installExecutable(dir, name, BODY), join(dir, name));
  });

  test('forgives a file system that has nothing to sync of a directory, and no other fault', async () => {
    const { prototype } = await fileHandle();
    const syncOfDirectory = (code: string) => {
      let calls = 0;
      mock.method(prototype, 'sync', async () => {
        calls += 1;
        if (calls === 2) throw refused(code, 'fsync');
      });
    };
    syncOfDirectory('EINVAL');
    await installExecutable(dir, 'hello', BODY);
    syncOfDirectory('EIO');
    await assert.rejects(installExecutable(dir, 'hello', BODY), { code: 'EIO' });
  });

  test('makes the file itself, for nobody else to run before it is whole', async () => {
    const made = mock.method(fs, 'open');
    syncBuiltinESMExports();
    await installExecutable(dir, 'hello', BODY);
    const [, flags, mode] = made.mock.calls[0]?.arguments ?? [];
    assert.equal(flags, constants.O_RDONLY | constants.O_CREAT | constants.O_EXCL);
    assert.equal(mode, 0o700);
  });

  test('tells both what failed and that something is left behind', async () => {
    const [first, second] = [refused('EIO', 'rename'), refused('EROFS', 'unlink')];
    mock.method(fs, 'rename', () => Promise.reject(first));
    mock.method(fs, 'unlink', () => Promise.reject(second));
    syncBuiltinESMExports();
    await assert.rejects(installExecutable(dir, 'hello', BODY), (error) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(error.errors, [first, second]);
      return true;
    });
  });
});

function notWritten(error: unknown): boolean {
  return error instanceof PindownError && error.code === 'executable-not-written';
}

function outputOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('close', () => resolve(text));
  });
}

/** The class of what `open` gives, which Node does not export. */
async function fileHandle() {
  const handle = await open(dir, constants.O_RDONLY);
  await handle.close();
  return { prototype: Object.getPrototypeOf(handle) as FileHandle };
}

/** What is done from now on, in its order. */
async function recordedSteps(): Promise<readonly string[]> {
  const steps: string[] = [];
  const { prototype } = await fileHandle();
  for (const name of ['chmod', 'sync'] as const) {
    const original = Reflect.get(prototype, name) as (...args: unknown[]) => Promise<void>;
    mock.method(prototype, name, function recorded(this: unknown, ...args: unknown[]) {
      steps.push(name);
      return original.apply(this, args);
    });
  }
  const { rename } = fs;
  mock.method(fs, 'rename', (from: string, to: string) => {
    steps.push('rename');
    return rename(from, to);
  });
  syncBuiltinESMExports();
  return steps;
}

/**
 * How this process has the files of the directory open while something is done: looked at in each
 * turn, and surely once when all is written and nothing closed.
 */
async function accessesDuring(work: () => Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  const look = (): void => accesses().forEach((each) => seen.add(each));
  const { prototype } = await fileHandle();
  const stat = Reflect.get(prototype, 'stat') as () => Promise<unknown>;
  mock.method(prototype, 'stat', function looked(this: FileHandle) {
    look();
    return stat.call(this);
  });
  const turns = setInterval(look, 0);
  try {
    await work();
  } finally {
    clearInterval(turns);
  }
  return [...seen];
}

/** fdinfo has the flags of open(2), of which the lowest two bits are the access. */
function accesses(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    const path = unlessClosed(() => readlinkSync(`/proc/self/fd/${fd}`));
    const info = unlessClosed(() => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
    if (path?.startsWith(`${dir}/`) !== true || info === null) return [];
    const flags = Number.parseInt(/^flags:\s+(\d+)$/m.exec(info)?.[1] ?? '', 8);
    return [(flags & 3) === constants.O_RDONLY ? 'read' : 'write'];
  });
}

/** Null for a descriptor that is gone: the one of the listing, or one that another thread closed. */
function unlessClosed(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
