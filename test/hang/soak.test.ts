import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Diagnosis, diagnose } from '../../src/hang/diagnose.ts';
import { PROOF_WINDOW_MS } from '../../src/hang/look.ts';
import { observe } from '../../src/hang/observe/observation.ts';
import { hangText } from '../../src/hang/report/text.ts';
import { type HealthySuite, healthySuites, RunningSuite } from './healthy-suites.ts';

/** `npm run soak` asks for more. */
const LOOKS = Number(process.env['PINDOWN_SOAK_LOOKS'] ?? 200);

/**
 * So many suites run beside each other, each of them with many processes. More looks at a time would
 * only wait for each other, and what is seen over a long time proves little.
 */
const AT_ONCE = 3;
/** After so many looks a suite makes room for the next one. */
const TURN = Math.max(Math.ceil(LOOKS / 30), 15);

const skip = process.platform === 'linux' ? false : 'there is no /proc';

test(`no healthy suite is ever proven to hang, in ${LOOKS} looks`, { skip }, async (t) => {
  const suites = healthySuites();
  const windows = new Map<string, number[]>(suites.map(({ name }) => [name, []]));
  let begun = 0;
  let turn = 0;
  const worker = async (): Promise<void> => {
    while (begun < LOOKS) {
      const suite = suites[turn++ % suites.length];
      if (suite === undefined) return;
      begun += TURN;
      const seen = await lookAtSuite(suite, TURN);
      windows.get(suite.name)?.push(...seen);
      begun -= TURN - seen.length;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const all = [...windows.values()].flat().toSorted((a, b) => a - b);
  const counts = [...windows].map(([name, { length }]) => `${name} ${length}`).join(', ');
  const middle = all[Math.floor(all.length / 2)]?.toFixed(0);
  t.diagnostic(`${all.length} looks, each over ${middle} ms (median): ${counts}`);
  assert.ok(all.length >= LOOKS, `${all.length} of ${LOOKS} looks`);
});

/** The time between the two samples of each look; only looks at somebody who is there count. */
async function lookAtSuite(suite: HealthySuite, most: number): Promise<readonly number[]> {
  const running = new RunningSuite(suite);
  const windows: number[] = [];
  try {
    for (let misses = 0; windows.length < most && misses < most;) {
      const diagnosis = diagnose(await observe(running.members, PROOF_WINDOW_MS));
      if (diagnosis.scene.waits.length > 0) windows.push(diagnosis.scene.seen.windowMs);
      else misses += 1;
      assert.ok(!diagnosis.proven, falseProof(suite, diagnosis));
    }
  } finally {
    await running.end();
  }
  return windows;
}

function falseProof({ name }: HealthySuite, diagnosis: Diagnosis): string {
  if (!diagnosis.proven) return '';
  return `${name} was taken for stuck:\n${hangText(diagnosis, { paint: (_tone, text) => text })}`;
}
