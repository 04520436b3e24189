import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDirectory } from '../frameworks/conformance.ts';
import { readCorpus } from './corpus/corpus.ts';
import type { Case } from './corpus/family.ts';
import { type Played, playCase } from './corpus/play-case.ts';

interface Result extends Played {
  readonly name: string;
  readonly one: Case;
}

/** The rule that excused it; null where none did. */
function excusedBy({ excuse }: Played): string | null {
  return excuse?.kind === 'proven' ? excuse.rule.name : null;
}

function told({ name, attempt, excuse }: Result): string {
  const by = excuse === null ? 'no rule' : `${excuse.rule.name}: ${excuse.kind}: ${excuse.because}`;
  return `${name}: ${attempt.outcome} (${attempt.reason}); ${by}`;
}

async function playAll(): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [file, family] of readCorpus()) {
    for (const one of family.cases) {
      const name = `${file.replace(/\.json$/, '')} ${one.name}`;
      const played = await withDirectory((dir) => playCase(family, one, dir));
      results.push({ name, one, ...played });
    }
  }
  return results;
}

describe('the corpus of failures', async () => {
  const results = await playAll();
  const real = results.filter(({ one }) => one.label === 'real');
  const transient = results.flatMap((result) =>
    result.one.label === 'real' ? [] : [{ ...result, rule: result.one.label.transient }],
  );

  test('is of at least 200 cases, half of them adversarial, each under a name of its own', () => {
    const adversarial = results.filter(({ one }) => one.adversarial);
    assert.ok(results.length >= 200, String(results.length));
    assert.ok(adversarial.length * 2 >= results.length, String(adversarial.length));
    assert.equal(new Set(results.map(({ name }) => name)).size, results.length);
  });

  test('no case of it passed', () => {
    assert.deepEqual(results.filter(({ attempt }) => attempt.outcome === 'passed').map(told), []);
  });

  test('no real failure is excused', () => {
    assert.deepEqual(real.filter((result) => excusedBy(result) !== null).map(told), []);
  });

  test('no transient one is excused by another rule than its own', () => {
    const wrong = transient.filter((result) => ![null, result.rule].includes(excusedBy(result)));
    assert.deepEqual(wrong.map(told), []);
  });

  test('each that a rule should know is known by it', () => {
    const missed = transient.filter((result) => result.rule !== excusedBy(result));
    assert.deepEqual(missed.map(told), []);
  });

  test('four of five transient ones are recognised, those that no rule knows counted', (t) => {
    const known = transient.filter((result) => excusedBy(result) !== null);
    t.diagnostic(
      `${results.length} cases: ${real.length} real, none excused; ` +
        `${transient.length} transient, ${known.length} recognised`,
    );
    assert.ok(known.length / transient.length >= 0.8);
  });
});
