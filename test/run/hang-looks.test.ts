import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HangLooks } from '../../src/run/hang-looks.ts';
import { scratchDirectory } from '../report/scratch.ts';

test(
  'what was seen and could not be written counts all the same, and is told once',
  { skip: process.platform === 'linux' ? false : 'there is no /proc' },
  async () => {
    const file = join(scratchDirectory(), 'file');
    writeFileSync(file, '');
    const said: string[] = [];
    const looks = new HangLooks({
      dir: join(file, 'attempt'),
      reproduce: 'pindown run',
      wall: () => 0,
      notice: (code, message) => said.push(`${code}: ${message}`),
    });
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const over = once(child, 'exit');
    try {
      const pid = child.pid ?? 0;
      const member = { pid, startTime: null, command: 'sleep 60', parent: null, foundBy: [] };
      for (const reason of ['standstill', 'time-limit'] as const) {
        const seen = await looks.look(reason, async () => [member], AbortSignal.timeout(30_000));
        assert.equal(seen?.verdict.class, 'sleeping-long');
      }
      assert.equal(looks.verdict('hung')?.class, 'sleeping-long');
      assert.equal(said.length, 1);
      assert.match(
        said[0] ?? '',
        /^hang-unwritten: .*file\/attempt: E(?:NOTDIR|EXIST) .*\. A file/,
      );
    } finally {
      child.kill('SIGKILL');
      await over;
    }
  },
);
