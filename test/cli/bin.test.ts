import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shellProject } from './project.ts';
import { BIN, binEnvironment } from './run-bin.ts';

/** A Node on PATH that is too old to run the source, or null. */
function oldNode(): string | null {
  for (const dir of (process.env['PATH'] ?? '').split(':')) {
    const node = join(dir, 'node');
    if (!existsSync(node)) continue;
    const major = Number(
      execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], {
        encoding: 'utf8',
        env: binEnvironment,
      }),
    );
    if (major < 22) return node;
  }
  return null;
}

const old = oldNode();
const skip = old === null ? 'there is no old Node on PATH' : false;

describe('bin/pindown.js under an old Node', { skip }, () => {
  test('goes on under the Node that npm brought', () => {
    const { status, stdout } = spawnSync(old ?? '', [BIN, '--version'], {
      encoding: 'utf8',
      env: binEnvironment,
    });
    assert.equal(status, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('passes the exit status on', () => {
    assert.equal(spawnSync(old ?? '', [BIN, 'rnu'], { env: binEnvironment }).status, 2);
  });

  test('hands SIGTERM on, and ends as the run does', async () => {
    const dir = shellProject({ 'u/a.sh': 'touch under-way; sleep 600' });
    const child = spawn(old ?? '', [BIN, 'run', 'u/*.sh', '--', 'sh', '{unit}'], {
      cwd: dir,
      env: binEnvironment,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const deadline = Date.now() + 60_000;
    while (!existsSync(join(dir, 'under-way'))) {
      assert.ok(Date.now() < deadline);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [143, null]);
  });
});
