import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { shellProject } from '../project.ts';
import { type ControlGroup, makeControlGroup, withoutControlGroup } from './control-group.ts';
import { type RanUnits, attemptsOf, courseOf, executable, runUnitsUnder } from './run-unit.ts';

const MIB = 1024 * 1024;

/** Room for Pindown, and for a little more than half of what the units want together. */
const LIMIT_MIB = 500;

/** Perl that touches so much memory, once: what Perl can compute before it runs, it keeps twice. */
const takes = (mib: number): string => `my $bytes = ${mib * MIB}; my $kept = "x" x $bytes;`;

/** Has memory, and keeps it. */
const BALLAST = `${takes(330)} $| = 1; print "held"; sleep(60);`;

const KILLED = 'crashed by memory-kill';

describe('a unit that the kernel kills', { skip: withoutControlGroup('memory') }, () => {
  let group: ControlGroup | null = null;
  before(() => {
    group = makeControlGroup('memory');
    group?.limit(LIMIT_MIB * MIB);
  });
  after(() => group?.remove());

  async function run(files: Readonly<Record<string, string>>): Promise<RanUnits> {
    assert.ok(group);
    const dir = shellProject(files);
    executable(dir, ...Object.keys(files));
    const options = [...Object.keys(files), '--workers', '1', '--retries', '0'];
    return await runUnitsUnder(dir, group.enter, options);
  }

  test('for memory is run again once; it stays crashed where it fits in no better', async () => {
    const { status, report } = await run({
      'u/a': `#!/usr/bin/env perl\n${takes(2 * LIMIT_MIB)}\n`,
    });
    const attempts = attemptsOf(report, 'u/a');
    assert.deepEqual(courseOf(attempts), [KILLED, 'crashed']);
    assert.match(attempts[0]?.retry?.because ?? '', /grew by \d+ while only this unit ran/);
    assert.match(attempts[1]?.reason ?? '', /not excused by memory-kill: it was run again 1 times/);
    assert.equal(status, 1);
  });

  test('for memory that somebody else had is run again, and passes alone', async (t) => {
    assert.ok(group);
    const ballast = spawn('sh', ['-c', `${group.enter}; exec perl -e '${BALLAST}'`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(ballast, 'exit');
    t.after(async () => {
      ballast.kill('SIGKILL');
      await gone;
    });
    await Promise.race([once(ballast.stdout, 'data'), gone]);
    assert.equal(ballast.exitCode ?? ballast.signalCode, null, 'there is no ballast');
    // It is the one that the kernel is to choose, and sees to it that the other is gone by its next.
    const unit = `#!/bin/sh
if test -e met; then
  kill ${ballast.pid}
  while kill -0 ${ballast.pid} 2> /dev/null; do :; done
fi
touch met
echo 1000 > /proc/self/oom_score_adj
exec perl -e '${takes(330)}'
`;
    const { status, report } = await run({ 'u/a': unit });
    assert.deepEqual(courseOf(attemptsOf(report, 'u/a')), [KILLED, 'passed']);
    assert.equal(report.totals.flaky, 0);
    assert.equal(status, 0);
  });

  test('by a kill(2) of its own stays crashed, with memory to spare', async () => {
    const { status, report } = await run({ 'u/a': '#!/bin/sh\nkill -9 $$\n' });
    const attempts = attemptsOf(report, 'u/a');
    assert.deepEqual(courseOf(attempts), ['crashed']);
    assert.match(attempts[0]?.reason ?? '', /not for memory: oom_kill of .* did not grow/);
    assert.equal(status, 1);
  });
});
