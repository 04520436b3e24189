import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { measure, parseTimes } from '../../bench/measure.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pindown-measure-'));
after(() => rmSync(scratch, { recursive: true }));

const env = { PATH: process.env['PATH'] ?? '' };
const shell = (script: string) => ({ argv: ['sh', '-c', script], cwd: scratch, env }) as const;

test('the CPU of a command counts its descendants', async () => {
  const busy = `i=0; while [ $i -lt 30000 ]; do i=$((i + 1)); done`;
  const idle = await measure(shell('sleep 0.2'), scratch);
  const nested = await measure(shell(`sh -c '${busy}'; :`), scratch);
  assert.ok(idle.wallMs >= 200, `wall ${idle.wallMs}`);
  assert.ok(nested.cpuMs > idle.cpuMs, `CPU ${nested.cpuMs}, and ${idle.cpuMs} for nothing`);
});

test('a command gets its input, and its output is no part of the figures', async () => {
  const stdin = join(scratch, 'input');
  writeFileSync(stdin, '3\n');
  const script = 'read status; echo 9 9 9; echo 9 9 9 >&2; exit $status';
  const { status } = await measure({ ...shell(script), stdin, allow: [3] }, scratch);
  assert.equal(status, 3);
});

test('a command that fails is an error with the end of its output', async () => {
  await assert.rejects(measure(shell('echo oh dear; exit 4'), scratch), /ended with 4:\noh dear/);
});

test('figures are read in any locale, and nothing else is taken for them', () => {
  assert.deepEqual(parseTimes('1,500 0,020 0,003\n'), { wallMs: 1_500, cpuMs: 23 });
  assert.deepEqual(parseTimes('0.001 0.000 0.002'), { wallMs: 1, cpuMs: 2 });
  assert.throws(() => parseTimes('1.5 0.2'), /three figures/);
});
