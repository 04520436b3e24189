import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signatureOf } from '../../src/ledger/signature/signature.ts';
import { type CorpusRow, failureOf, readCorpus } from './corpus.ts';
import { pairwise } from './pairwise.ts';

const PRECISION = 0.98;
const RECALL = 0.9;

const rows = readCorpus();
const isHeldOut = ({ fault, made }: CorpusRow): boolean =>
  made === 'written' || fault.startsWith('held-');

describe('signatures on the corpus', () => {
  test('tell faults apart, in the half that the rules were made with', (context) => {
    holds(
      context,
      rows.filter((row) => !isHeldOut(row)),
    );
  });

  test('tell faults apart, in the half that was held out', (context) => {
    holds(context, rows.filter(isHeldOut));
  });

  test('tell faults apart, across both', (context) => {
    holds(context, rows);
  });

  test('the corpus is large, and has several failures of each fault', () => {
    assert.ok(rows.length >= 200);
    assert.ok(rows.filter(isHeldOut).length >= rows.length / 2);
    const seen = Map.groupBy(rows, ({ fault }) => fault);
    assert.ok([...seen.values()].filter(({ length }) => length > 1).length > 150);
  });

  test('a signature is short and says its version', () => {
    for (const row of rows) {
      const { id, text } = signatureOf(failureOf(row));
      assert.match(id, /^s1:[0-9a-f]{16}$/);
      assert.ok(text.length > 0 && text.length < 3000, `${row.fault}: ${text}`);
    }
  });
});

function holds(context: { diagnostic(message: string): void }, some: readonly CorpusRow[]): void {
  const things = some.map((row) => ({ label: row.fault, found: signatureOf(failureOf(row)).id }));
  const { precision, recall, merged, split } = pairwise(things);
  const figures = `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`;
  const faults = new Set(some.map(({ fault }) => fault)).size;
  const told = `${some.length} failures of ${faults} faults: ${figures}; merged: ${merged.join('; ') || 'none'}; split: ${split.join('; ') || 'none'}`;
  context.diagnostic(told);
  assert.ok(precision >= PRECISION, told);
  assert.ok(recall >= RECALL, told);
}
