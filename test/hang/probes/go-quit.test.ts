import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { lookAt, treeOf } from '../../../src/hang/look.ts';
import { plainEnvironment } from '../../plain-environment.ts';

const SOURCE = join(import.meta.dirname, '../../fixtures/hangs/go/locks-in-opposite-order.go');
const isThere = process.platform === 'linux' && spawnSync('go', ['version']).status === 0;
const skip = isThere ? false : 'go is not installed';

test(
  'a Go without symbols is only asked by what ends it, and where that is allowed',
  { skip },
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pindown-go-'));
    const [program, said] = [join(dir, 'stripped'), join(dir, 'said')];
    execFileSync('go', ['build', '-ldflags=-s -w', '-o', program, SOURCE], {
      env: plainEnvironment,
    });
    const output = openSync(said, 'w');
    const child = spawn(program, { env: plainEnvironment, stdio: ['ignore', output, output] });
    const exit = once(child, 'exit');
    closeSync(output);
    try {
      const pid = child.pid ?? 0;
      while (!readFileSync(said, 'utf8').includes('ready')) await wait(10);
      const untouched = await lookAt(treeOf(pid));
      assert.notEqual(untouched.verdict.class, 'go-blocked-for-ever');
      assert.equal(child.exitCode ?? child.signalCode, null, 'it lives on');

      const { verdict, candidates } = await lookAt(treeOf(pid), ['nothing', 'kills']);
      assert.equal(verdict.class, 'go-blocked-for-ever', verdict.summary);
      assert.match(candidates[0]?.root.place ?? '', /locks-in-opposite-order\.go:\d+ \(main\./);
      await exit;
    } finally {
      child.kill('SIGKILL');
      await exit;
      rmSync(dir, { recursive: true, force: true });
    }
  },
);
