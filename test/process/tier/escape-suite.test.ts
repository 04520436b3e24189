import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { playPindown } from '../../../scripts/escapes/play-pindown.ts';
import { scratchDirectory } from '../../report/scratch.ts';
import { tierMissing } from './describe-escapes.ts';
import { RUNNERS, type RunnerName, writeEscapeSuite } from './escape-suite.ts';
import { ESCAPES } from './escapes.ts';

const PROGRAM = 'daemon-through-a-daemon.sh';

describe(
  'pindown run lays an escape at the file whose test passed',
  { skip: tierMissing('cgroup') },
  () => {
    const scratch = scratchDirectory();
    const escape = ESCAPES.find(({ program }) => program === PROGRAM);

    for (const runner of Object.keys(RUNNERS) as RunnerName[]) {
      const [command, ...args] = RUNNERS[runner].version;
      const missing = spawnSync(command, args).status !== 0;
      test(runner, { skip: missing ? 'it is not installed' : false }, async () => {
        assert.ok(escape !== undefined);
        const suite = writeEscapeSuite(join(scratch, runner), runner, escape);
        assert.deepEqual(await playPindown('cgroup', suite), {
          kind: 'ran',
          status: 7,
          outcome: 'leaked',
          started: 2,
          left: 0,
          unnamed: 0,
        });
      });
    }
  },
);
