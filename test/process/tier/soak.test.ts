import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { describe, test } from 'node:test';
import { uuidv7 } from '../../../src/core/ids.ts';
import { type Tier as TierName, TIERS } from '../../../src/core/run.ts';
import { chooseTier } from '../../../src/process/tier/choose-tier.ts';
import { scratchDirectory } from '../../report/scratch.ts';
import { Bystanders } from './bystanders.ts';
import { tierMissing } from './describe-escapes.ts';
import { commandOf, type Escape, ESCAPES, impossible } from './escapes.ts';
import { type Played, playAttempt } from './play-escape.ts';
import { randomFrom } from './random-from.ts';
import { isHeld, isThere, ownZombies, readTruth } from './truth.ts';

/** `npm run soak` asks for more, of each tier. */
const ATTEMPTS = Number(process.env['PINDOWN_SOAK_ATTEMPTS'] ?? 34);
const AT_ONCE = 6;

const NAMES = ['sleep 60', 'sh setsid.sh', 'perl runs-away.pl', 'pindown run', 'node'];
const BYSTANDERS = 20;

const WELL_BEHAVED = ['well-behaved.sh', 'ends-a-little-late.sh'];

/** So rarely, a storm of 500 is what an attempt comes to. */
const STORM_ONE_IN = 100;

/** What attempts may be: the ways that the tier finds, and as often a program that leaves nothing. */
class Programs {
  readonly #ways: readonly Escape[];
  readonly #random: () => number;

  constructor(tier: TierName, random: () => number) {
    this.#random = random;
    this.#ways = ESCAPES.filter(
      (escape) => !escape.missedBy.includes(tier) && impossible(escape) === false,
    );
  }

  next(): Pick<Escape, 'program' | 'moving'> {
    const half = this.#random() < 0.5;
    const { program, moving } = this.#one(half ? this.#ways : []) ?? {
      program: this.#one(WELL_BEHAVED) ?? '',
      moving: false,
    };
    const isStorm = program === 'fork-storm.sh';
    return isStorm && this.#random() > 1 / STORM_ONE_IN ? this.next() : { program, moving };
  }

  #one<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }
}

describe('random attempts beside unrelated processes', () => {
  for (const name of TIERS) {
    test(`in the tier ${name}`, { skip: tierMissing(name) }, async (t) => {
      const scratch = scratchDirectory();
      const runId = uuidv7();
      const seed = Number(process.env['PINDOWN_SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
      t.diagnostic(`PINDOWN_SOAK_SEED=${seed}`);
      const random = randomFrom(seed);
      const programs = new Programs(name, random);
      const bystanders = new Bystanders(scratch);
      for (let count = 0; count < BYSTANDERS / 4; count += 1) {
        await bystanders.child(NAMES[count % NAMES.length]!);
      }
      await bystanders.openNeighbour();
      const tier = chooseTier(runId, name);
      let started = 0;
      const attempt = async (): Promise<void> => {
        const { program, moving } = programs.next();
        const token = `${started}-${program}`;
        const played = await playAttempt({ tier, runId, scratch }, token, (truth) =>
          commandOf(program, truth),
        );
        assertAccounted(token, moving, played);
        rmSync(played.dir, { recursive: true });
      };
      const worker = async (): Promise<void> => {
        while (started < ATTEMPTS) {
          started += 1;
          try {
            await attempt();
          } catch (error) {
            // The others are not to go on without it.
            started = ATTEMPTS;
            throw error;
          }
        }
      };
      // Its pids are between those of the attempts.
      const neighbour = async (): Promise<void> => {
        while (bystanders.count < BYSTANDERS) {
          await bystanders.stranger(NAMES[bystanders.count % NAMES.length]!);
        }
      };
      try {
        const workers = Array.from({ length: AT_ONCE }, worker);
        const ended = await Promise.allSettled([neighbour(), ...workers]);
        for (const end of ended) if (end.status === 'rejected') throw end.reason;
        bystanders.assertUntouched();
        assert.deepEqual(await tier.remains().members(), []);
        assert.deepEqual(
          readdirSync(scratch).filter((entry) => entry.startsWith('attempt-')),
          [],
        );
        await t.waitFor(() => assert.deepEqual(ownZombies(), []), { timeout: 10_000 });
      } finally {
        bystanders.end();
        assert.equal(tier.close(), null);
      }
    });
  }
});

function assertAccounted(token: string, moving: boolean, { truth, leaks, fault }: Played): void {
  const left = readTruth(truth);
  assert.equal(fault, null, token);
  assert.deepEqual(left.filter(isThere), [], `${token}: still there`);
  assert.equal(isHeld(truth), false, `${token}: still there`);
  const named = new Set(leaks.map(({ pid, startTime }) => `${pid}:${startTime}`));
  for (const { pid, startTime } of left) {
    assert.ok(named.has(`${pid}:${startTime}`), `${token}: ${pid} ended without a name`);
  }
  if (left.length > 0 || moving) return;
  // What somebody else left must not be laid at its door; on a busy machine what ends a little late
  // may be later than the grace.
  const late = existsSync(`${truth}.late`) ? readTruth(`${truth}.late`) : [];
  const own = new Set(late.map(({ pid }) => pid));
  assert.deepEqual(
    leaks.filter(({ pid }) => !own.has(pid)),
    [],
    token,
  );
}
