import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { uuidv7 } from '../../../src/core/ids.ts';
import { type Tier as TierName, TIERS } from '../../../src/core/run.ts';
import { LINEAGE } from '../../../src/process/lineage.ts';
import { ownGroupPaths } from '../../../src/process/own-group-paths.ts';
import { Bystanders } from '../../process/tier/bystanders.ts';
import { tierMissing } from '../../process/tier/describe-escapes.ts';
import { ESCAPES, impossible } from '../../process/tier/escapes.ts';
import { oneOf, randomFrom } from '../../process/tier/random-from.ts';
import { endTrue, readTruth } from '../../process/tier/truth.ts';
import { scratchDirectory } from '../../report/scratch.ts';
import { assertNoGroups, assertRecovered } from './assert-recovered.ts';
import { KillableProject } from './killable-project.ts';
import { randomMoment } from './moment.ts';

/** `npm run soak` asks for more, of each tier. */
const KILLS = Number(process.env['PINDOWN_SOAK_KILLS'] ?? 2);
/** Ways to escape in one project; with all of them a run would last too long. */
const WAYS = 5;
/** So often, what is killed next is the start that recovers from the last kill. */
const KILL_AGAIN = 0.4;

describe('kill -9 of Pindown at any moment', () => {
  for (const name of TIERS) {
    test(`in the tier ${name}`, { skip: tierMissing(name) }, async (t) => {
      const scratch = scratchDirectory();
      const seed = Number(process.env['PINDOWN_SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
      t.diagnostic(`PINDOWN_SOAK_SEED=${seed}`);
      const random = randomFrom(seed);
      const bystanders = new Bystanders(scratch);
      try {
        let killed = 0;
        for (let round = 1; killed < KILLS; round += 1) {
          const project = new KillableProject(
            join(scratch, `${name}-${round}`),
            name,
            ways(name, random),
          );
          killed += await playRound(project, bystanders, random, `round ${round}`);
        }
        t.diagnostic(`${killed} kills, ${bystanders.count} bystanders`);
        bystanders.assertUntouched();
      } finally {
        bystanders.end();
      }
    });
  }
});

/** @returns how often Pindown was killed */
async function playRound(
  project: KillableProject,
  bystanders: Bystanders,
  random: () => number,
  said: string,
): Promise<number> {
  const { dir, truths } = project;
  const others = strangersFiles(project.temp);
  await bystanders.child('sleep 60', {
    cwd: dir,
    env: { ...process.env, [LINEAGE]: `${uuidv7()}/1` },
  });
  const spared = new Set([process.pid, ...bystanders.all.map(({ pid }) => pid)]);
  const runIds = new Set<string>();
  const moments: string[] = [];
  let killed = 0;
  try {
    do {
      const at = randomMoment(random, runIds.size > 0);
      moments.push(JSON.stringify(at));
      if (await project.runAndKill(at)) killed += 1;
      for (const entry of project.entries()) runIds.add(entry.slice(-36));
    } while (random() < KILL_AGAIN);
    const { code, stderr } = await project.start();
    assert.equal(code, 0, stderr);
    for (const entry of project.entries()) runIds.add(entry.slice(-36));
    others.assertUntouched();
    assertRecovered(project, runIds, spared);
    assertNoGroups(
      ownGroupPaths('freezer').map(({ path }) => path),
      runIds,
    );
    rmSync(dir, { recursive: true });
  } catch (error) {
    for (const truth of readTruths(truths)) endTrue(truth);
    throw new Error(`${said}: ${dir}, ${[...runIds].join(' ')}, killed at ${moments.join(' ')}`, {
      cause: error,
    });
  }
  return killed;
}

function ways(tier: TierName, random: () => number): string[] {
  const possible = ESCAPES.filter(
    (escape) =>
      !escape.missedBy.includes(tier) &&
      escape.program !== 'fork-storm.sh' &&
      impossible(escape) === false,
  );
  return Array.from({ length: WAYS }, () => oneOf(possible, random).program);
}

function readTruths(truths: string): ReturnType<typeof readTruth> {
  return readdirSync(truths)
    .filter((name) => /-\d+$/.test(name))
    .flatMap((name) => readTruth(join(truths, name)));
}

/** What others have where Pindown has its own, by names like its own. */
function strangersFiles(temp: string): { assertUntouched(): void } {
  const files = {
    'pd-report': 'a file',
    'pd-aB3xY9/keep': 'a directory without a marker',
    'pd-zZ8wQ1/pindown-run': uuidv7(),
    'pd-zZ8wQ1/1/keep': 'a directory with the marker of a run of another project',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(temp, name, '..'), { recursive: true });
    writeFileSync(join(temp, name), text);
  }
  return {
    assertUntouched() {
      for (const [name, text] of Object.entries(files)) {
        assert.equal(readFileSync(join(temp, name), 'utf8'), text, name);
      }
      for (const name of Object.keys(files))
        rmSync(join(temp, name.split('/')[0]!), { recursive: true, force: true });
    },
  };
}
