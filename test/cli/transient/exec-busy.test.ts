import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { outcomes, shellProject } from '../project.ts';
import { attemptsOf, courseOf, executable, runUnits, runWrapped } from './run-unit.ts';

/**
 * Writes the unit, forks while it has it open, and closes it: the child has inherited the
 * descriptor, and keeps it until it is told to end (https://github.com/golang/go/issues/22315).
 */
const WRITER = `
mkfifo .go .closed
exec 9> u/a
printf '#!/bin/sh\\nexit 0\\n' >&9
chmod +x u/a
(read -r _ < .go) & exec 9>&-
echo written
wait
echo > .closed
`;

describe(
  'an executable that is still open for writing',
  { skip: process.platform !== 'linux' },
  () => {
    test('is started again until the writer is gone, and then passes', async (t) => {
      const dir = shellProject({ 'u/keep': '' });
      const writer = spawn('sh', ['-c', WRITER], {
        cwd: dir,
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const over = once(writer, 'exit');
      t.after(async () => {
        if (writer.pid !== undefined && writer.exitCode === null) {
          process.kill(-writer.pid, 'SIGKILL');
          await over;
        }
      });
      await once(writer.stdout, 'data');
      // Its fourth start comes when the child is known to have closed it.
      const release = `{
      before(start) {
        if (start !== 4) return;
        fs.writeFileSync('.go', '\\n');
        fs.readFileSync('.closed');
      },
    }`;
      const { status, report } = await runWrapped(dir, 'u/a', release);
      const attempts = attemptsOf(report, 'u/a');
      const busy = 'spawn-failed by exec-busy';
      assert.deepEqual(courseOf(attempts), [busy, busy, busy, 'passed']);
      assert.match(
        attempts[0]?.retry?.because ?? '',
        /ETXTBSY at the start of .*open in pid \d+ \(sh/,
      );
      assert.deepEqual(outcomes(report), { 'u/a': 'passed' });
      assert.equal(report.totals.flaky, 0);
      assert.equal(status, 0);
    });

    test('is started six times where the writer stays, and has failed to start then', async () => {
      const dir = shellProject({ 'u/a': '#!/bin/sh\n' });
      executable(dir, 'u/a');
      const writer = openSync(join(dir, 'u/a'), 'a');
      const { status, report } = await runUnits(dir, ['u/a', '--retries', '3']);
      closeSync(writer);
      const attempts = attemptsOf(report, 'u/a');
      const busy = 'spawn-failed by exec-busy';
      assert.deepEqual(courseOf(attempts), [busy, busy, busy, busy, busy, 'spawn-failed']);
      assert.match(
        attempts.at(-1)?.reason ?? '',
        /not excused by exec-busy: it was run again 5 times/,
      );
      assert.equal(status, 6);
    });
  },
);
