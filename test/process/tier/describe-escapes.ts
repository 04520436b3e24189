import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Tier as TierName } from '../../../src/core/run.ts';
import { uuidv7 } from '../../../src/core/ids.ts';
import { chooseTier } from '../../../src/process/tier/choose-tier.ts';
import type { Tier } from '../../../src/process/tier/tier.ts';
import { scratchDirectory } from '../../report/scratch.ts';
import { Bystanders } from './bystanders.ts';
import { commandOf, type Escape, ESCAPES, impossible } from './escapes.ts';
import { type Played, playAttempt } from './play-escape.ts';
import { endTrue, isHeld, isThere, ownZombies, pidsIn, readTruth } from './truth.ts';

/** Attempts at once, as workers make them: what one leaves must not be laid at another's door. */
const AT_ONCE = 4;

/** Holds one tier to the corpus of escapes. One tier a process: some change the whole process. */
export function describeEscapes(name: TierName): void {
  const missing = tierMissing(name);
  describe(`the tier ${name}`, { skip: missing }, () => {
    const runId = uuidv7();
    const scratch = scratchDirectory();
    const bystanders = new Bystanders(scratch);
    let tier: Tier;

    before(async () => {
      await bystanders.child('sleep 60');
      await bystanders.openNeighbour();
      tier = chooseTier(runId, name);
      await bystanders.stranger('sh setsid.sh');
    });
    after(() => {
      bystanders.end();
      assert.equal(tier.close(), null);
    });

    describe('names and ends', { concurrency: AT_ONCE }, () => {
      for (const escape of ESCAPES) {
        test(escape.program, { skip: impossible(escape) }, async () => {
          const played = await playAttempt({ tier, runId, scratch }, escape.program, (truth) =>
            commandOf(escape.program, truth),
          );
          try {
            assertEnded(played);
            if (escape.missedBy.includes(name)) assertMissed(escape, played);
            else assertFound(escape, played);
          } finally {
            for (const left of readTruth(played.truth)) endTrue(left);
            // What runs away ends without it.
            rmSync(played.truth);
          }
          bystanders.assertUntouched();
        });
      }
    });

    test('has time for a storm beside what runs away', async () => {
      const programs = ['fork-storm.sh', 'runs-away.pl', 'runs-away.pl'];
      const [storm, ...others] = await Promise.all(
        programs.map((program, index) =>
          playAttempt({ tier, runId, scratch }, `beside-${index}`, (truth) =>
            commandOf(program, truth),
          ),
        ),
      );
      for (const { truth } of others) rmSync(truth);
      assert.equal(storm?.leaks.length, 500);
    });

    test('leaves no zombie of theirs to this process', { skip: missing }, async (t) => {
      await t.waitFor(() => assert.deepEqual(ownZombies(), []), { timeout: 10_000 });
    });
  });
}

/** Why this machine does not allow a tier; false where it does. */
export function tierMissing(name: TierName): string | false {
  if (process.platform !== 'linux') return 'there is no /proc';
  const tier = chooseTier(uuidv7(), name);
  tier.close();
  return tier.name === name ? false : tier.because;
}

function assertEnded({ ending, dir }: Played): void {
  const stderr = readFileSync(`${dir}/stderr`, 'utf8');
  assert.deepEqual({ ...ending, stderr }, { exitCode: 0, signal: null, stderr: '' });
}

function assertFound(escape: Escape, { truth, dir, leaks, fault }: Played): void {
  assert.equal(fault, null);
  const left = readTruth(truth);
  assert.ok(escape.moving ? leaks.length > 0 : left.length > 0, 'it left nothing behind');
  assert.deepEqual(left.filter(isThere), [], 'still there');
  assert.deepEqual(pidsIn(dir), [], 'still there');
  assert.equal(isHeld(truth), false, 'still there');
  const named = new Set(leaks.map(({ pid, startTime }) => `${pid}:${startTime}`));
  assert.deepEqual(
    left.filter(({ pid, startTime }) => !named.has(`${pid}:${startTime}`)),
    [],
    'ended without a name',
  );
  if (existsSync(`${truth}.port`)) {
    const port = readFileSync(`${truth}.port`, 'utf8');
    assert.deepEqual(
      leaks.map(({ ports }) => ports),
      [[`tcp 127.0.0.1:${port}`]],
    );
  }
  for (const leak of leaks) assert.match(leak.endedBy, /^(SIGTERM|SIGKILL|by itself)$/);
}

/** The day on which it is found, its row in the table of escapes is to say so. */
function assertMissed(escape: Escape, { truth }: Played): void {
  const isLeft = escape.moving ? isHeld(truth) : readTruth(truth).some(isThere);
  assert.ok(isLeft, `${escape.program} is not missed any more: strike it out`);
}
