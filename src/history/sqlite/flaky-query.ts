import type { Flake } from '../history.ts';
import { WITHOUT_RESULT } from '../history.ts';
import { wilsonInterval } from '../wilson.ts';
import { type Database, number, type Row, text, textOrNull } from './driver.ts';
import { quoted } from './quoted.ts';
import { knownUnitOf, REF_COLUMNS, runRefOf } from './record-queries.ts';

/** Attempts that failed, or in which a test did before its framework tried it again. */
const FAILED = `attempts.outcome <> 'cancelled' AND (attempts.outcome <> 'passed'
      OR attempts.key IN (SELECT attempt_key FROM test_results WHERE failed_tries IS NOT NULL))`;

/**
 * One row a run for each unit that was flaky in any of them: by outcome, since a flaky unit is one
 * that failed first and passed in the end.
 */
const UNITS_BY_RUN = `
  SELECT result.unit_key, NULL AS test_key, result.run_number,
    result.outcome = 'flaky' AS flaky,
    count(*) FILTER (WHERE attempts.outcome <> 'cancelled') AS attempts,
    count(*) FILTER (WHERE ${FAILED}) AS failures,
    max(attempts.key) FILTER (WHERE attempts.outcome = 'passed') AS passing,
    max(attempts.key) FILTER (WHERE ${FAILED}) AS failing
  FROM unit_results AS result
    JOIN attempts USING (unit_key, run_number)
  WHERE result.run_number >= ?1
    AND result.outcome NOT IN (${quoted([...WITHOUT_RESULT, 'skipped'])})
    AND result.unit_key IN (
      SELECT unit_key FROM unit_results WHERE run_number >= ?1 AND outcome = 'flaky')
  GROUP BY result.unit_key, result.run_number`;

/** Of all attempts of a test in a run, the tries that its framework followed by another. */
const FAILED_TRIES = `total(json_array_length(failed_tries))`;

/**
 * One row a run for each test of a unit that was tried again in any of them, by us or by its
 * framework. A test is flaky by itself, even in a unit that failed for another one.
 */
const TESTS_BY_RUN = `
  SELECT attempts.unit_key, result.test_key, attempts.run_number,
    max(result.outcome = 'passed') = 1
      AND (min(result.outcome = 'passed') = 0 OR count(failed_tries) > 0) AS flaky,
    count(*) + ${FAILED_TRIES} AS attempts,
    count(*) FILTER (WHERE result.outcome <> 'passed') + ${FAILED_TRIES} AS failures,
    max(attempts.key) FILTER (WHERE result.outcome = 'passed') AS passing,
    max(attempts.key) FILTER (WHERE result.outcome <> 'passed' OR failed_tries IS NOT NULL)
      AS failing
  FROM attempts
    JOIN test_results AS result ON result.attempt_key = attempts.key
  WHERE attempts.run_number >= ?1
    AND result.outcome <> 'skipped'
    AND attempts.unit_key IN (
      SELECT unit_key FROM attempts WHERE number > 1 AND run_number >= ?1
      UNION SELECT unit_key FROM attempts JOIN test_results ON attempt_key = attempts.key
      WHERE failed_tries IS NOT NULL AND run_number >= ?1)
  GROUP BY result.test_key, attempts.run_number`;

/**
 * Sums the runs up. The bare columns `passing` and `failing` come from the row that the one
 * `max()` found, which SQLite defines (https://www.sqlite.org/lang_select.html#bareagg).
 */
function summed(byRun: string): string {
  return `
    WITH by_run AS (${byRun}),
    summed AS (
      SELECT unit_key, test_key, count(*) AS runs, sum(flaky) AS flaky_runs,
        sum(attempts) AS attempts, sum(iif(flaky, failures, 0)) AS failures,
        max(iif(flaky, run_number, NULL)) AS last_run, passing, failing
      FROM by_run GROUP BY unit_key, test_key HAVING sum(flaky) > 0)
    SELECT ${REF_COLUMNS}, tests.name, tests.occurrence, runs, flaky_runs, attempts, failures,
      (SELECT id FROM attempts WHERE key = passing) AS passing_id,
      (SELECT id FROM attempts WHERE key = failing) AS failing_id
    FROM summed
      JOIN units ON units.key = summed.unit_key
      JOIN runs ON runs.number = last_run
      LEFT JOIN tests ON tests.key = test_key`;
}

/** See `History.flaky`. */
export function flaky(db: Database, runs: number): readonly Flake[] {
  const oldest = db
    .prepare('SELECT number FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?')
    .get(runs - 1);
  const since = oldest === undefined ? 0 : number(oldest, 'number');
  return [UNITS_BY_RUN, TESTS_BY_RUN]
    .flatMap((byRun) => db.prepare(summed(byRun)).all(since))
    .map(flakeOf)
    .sort((a, b) => b.interval.low - a.interval.low || b.lastSeen.number - a.lastSeen.number);
}

function flakeOf(row: Row): Flake {
  const name = textOrNull(row, 'name');
  const flakyRuns = number(row, 'flaky_runs');
  const runs = number(row, 'runs');
  return {
    unit: knownUnitOf(row),
    test: name === null ? null : { name, occurrence: number(row, 'occurrence') },
    attempts: number(row, 'attempts'),
    failures: number(row, 'failures'),
    flakyRuns,
    runs,
    rate: flakyRuns / runs,
    interval: wilsonInterval(flakyRuns, runs),
    lastSeen: runRefOf(row),
    passingAttempt: text(row, 'passing_id'),
    failingAttempt: text(row, 'failing_id'),
  };
}
