import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { everyProgram, programsOf } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';
import { describeSlow, testTwoProgramsEach } from './shared-tests.ts';

/** Busy, asleep or served from elsewhere: endless or long can't be told from outside. */
const UNDECIDED = [
  'busy-in-user-code',
  'polling-for-a-file',
  'sleeping-long',
  'syscall-spin',
  'timers-only',
  'waiting-for-outside',
];

const programs = programsOf(UNDECIDED);

/** Only a trace tells what is polled for, and only perf(1) may do so unasked. */
function mayNotTrace(): string | false {
  const { status } = spawnSync('perf', ['trace', '-o', '/dev/null', '--', 'true']);
  return status === 0 ? false : 'perf is not installed, or may not trace';
}

describe('what is busy, asleep or served from elsewhere', { concurrency: 3 }, () => {
  testTwoProgramsEach(UNDECIDED, programs);

  for (const program of programs) {
    const isPolling = program.hangs === 'polling-for-a-file';
    const skip = unavailable(program) || (isPolling && mayNotTrace());
    test(`${program.name}: ${program.hangs}`, { skip }, () =>
      Hanging.during(program, async (hanging) => {
        const { standing, proven, verdict, candidates, scene } = await hanging.look();
        const seen = [
          verdict.summary,
          ...scene.waits.map(({ thread, what }) => `${thread.pid} ${what}`),
          ...(scene.seen.findings ?? []).map(({ probe, missing }) => `${probe}: ${missing}`),
        ];
        assert.equal(verdict.class, program.hangs, seen.join('\n'));
        const [best] = candidates;
        assert.ok(isStatedRoot(hanging, best?.root), JSON.stringify(best?.root));
        assert.ok(!proven);
        // An end of file is the one thing here that stays what it is.
        const isAtEnd = program.name === 'python/read-at-the-end.py';
        assert.equal(standing, isAtEnd ? 'stuck' : 'undecided');
        assert.ok((best?.undecided === undefined) === isAtEnd);
      }),
    );
  }
});

test('who is busy is told from who polls also beside others that are busy', async () => {
  const spinners = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    const names = ['c/index-never-moves.c', 'python/asyncio-heartbeat.py', 'node/garbage.mjs'];
    for (const program of everyProgram().filter(({ name }) => names.includes(name))) {
      if (unavailable(program) !== false) continue;
      await Hanging.during(program, async (hanging) => {
        const { hung, verdict } = await hanging.look();
        assert.ok(!hung, program.name);
        if (program.hangs !== null) assert.equal(verdict.class, program.hangs, verdict.summary);
      });
    }
  } finally {
    for (const spinner of spinners) spinner.kill('SIGKILL');
  }
});

describeSlow('what is slow and does not hang', 'pace', 3);
