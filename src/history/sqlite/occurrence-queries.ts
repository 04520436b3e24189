import type { RunRef } from '../history.ts';
import type { Case, Occurrence, Site } from '../occurrence.ts';
import { OCCURRENCE_KINDS } from '../occurrence.ts';
import { type Database, number, numberOrNull, type Row, text, textOrNull, word } from './driver.ts';
import { RUN_COLUMNS, runRefOf } from './record-queries.ts';

const COLUMNS = `${RUN_COLUMNS}, signatures.id AS signature, signatures.text AS text,
  occurrences.kind, occurrences.path, occurrences.attempt_id, occurrences.test,
  occurrences.occurrence, occurrences.gotcha`;

const TABLES = `occurrences
  JOIN signatures ON signatures.key = signature_key
  JOIN runs ON runs.number = run_number`;

interface Seen {
  readonly run: RunRef;
  readonly occurrence: Occurrence;
}

/** See `History.cases`. */
export function cases(db: Database, signatures: readonly string[] | null): readonly Case[] {
  const some = signatures === null ? '' : 'WHERE signatures.id IN (SELECT value FROM json_each(?))';
  const statement = db.prepare(
    `SELECT ${COLUMNS} FROM ${TABLES} ${some} ORDER BY run_number, unit_id, position`,
  );
  const rows = signatures === null ? statement.all() : statement.all(JSON.stringify(signatures));
  const seen = Map.groupBy(rows.map(seenOf), ({ occurrence }) => occurrence.signature);
  const later = db.prepare('SELECT count(*) AS runs FROM runs WHERE number > ?');
  return [...seen.values()]
    .map((those) => caseOf(those, (run) => number(later.get(run) ?? {}, 'runs')))
    .toSorted((one, other) => other.last.number - one.last.number || other.times - one.times);
}

/** See `History.occurrences`. */
export function occurrences(db: Database, attemptId: string): readonly Occurrence[] {
  return db
    .prepare(`
      SELECT ${COLUMNS} FROM ${TABLES} WHERE attempt_id = ? AND (run_number, unit_id) IN (
        SELECT run_number, units.id FROM attempts JOIN units ON units.key = unit_key
        WHERE attempts.id = ?)
      ORDER BY position`)
    .all(attemptId, attemptId)
    .map((row) => seenOf(row).occurrence);
}

function seenOf(row: Row): Seen {
  const name = textOrNull(row, 'test');
  const nth = numberOrNull(row, 'occurrence') ?? 1;
  return {
    run: runRefOf(row),
    occurrence: {
      signature: text(row, 'signature'),
      text: text(row, 'text'),
      kind: word(row, 'kind', OCCURRENCE_KINDS),
      path: text(row, 'path'),
      attemptId: text(row, 'attempt_id'),
      test: name === null ? null : { name, occurrence: nth },
      gotcha: textOrNull(row, 'gotcha'),
    },
  };
}

/** @param seen in the order of the runs */
function caseOf(seen: readonly Seen[], runsAfter: (run: number) => number): Case {
  const first = seen[0];
  const last = seen.at(-1);
  if (first === undefined || last === undefined) throw new Error('a case that was never met');
  const flaky = seen.filter(({ occurrence }) => occurrence.kind !== 'failure');
  return {
    signature: first.occurrence.signature,
    text: first.occurrence.text,
    first: first.run,
    last: last.run,
    times: seen.length,
    runs: runsOf(seen),
    flakyRuns: runsOf(flaky),
    runsSince: runsAfter(last.run.number),
    sites: sitesOf(seen),
  };
}

function runsOf(seen: readonly Seen[]): number {
  return new Set(seen.map(({ run }) => run.id)).size;
}

function sitesOf(seen: readonly Seen[]): Site[] {
  const bySite = Map.groupBy(seen, ({ occurrence: { path, test } }) =>
    JSON.stringify([path, test?.name ?? null]),
  );
  return [...bySite.values()]
    .flatMap((those) => {
      const last = those.at(-1)?.occurrence;
      if (last === undefined) return [];
      const { path, test, attemptId } = last;
      return [{ path, test: test?.name ?? null, times: those.length, lastAttempt: attemptId }];
    })
    .toSorted((one, other) => other.times - one.times || (one.path < other.path ? -1 : 1));
}
