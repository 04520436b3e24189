import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { uuidv7, uuidv7Time } from '../../src/core/ids.ts';
import { newHolder } from '../../src/run/holder.ts';
import { pruneRuns } from '../../src/run/prune-runs.ts';
import { createRunDirectory } from '../../src/run/run-directory.ts';
import {
  listRuns,
  newRunId,
  prepareStateDirectory,
  type StateDirectory,
  stateDirectory,
} from '../../src/run/state-directory.ts';
import { scratchDirectory } from '../report/scratch.ts';

const scratch = scratchDirectory();

function newState(): StateDirectory {
  const state = stateDirectory(mkdtempSync(join(scratch, 'project-')));
  prepareStateDirectory(state);
  return state;
}

function closedRun(state: StateDirectory, id: string): string {
  writeFileSync(join(createRunDirectory(state, newHolder(id, null)), 'report.json'), '{}');
  return id;
}

// First: ids of one process only go up.
test('an id tells when it was made', () => {
  const at = Date.now() + 86_400_000;
  assert.equal(uuidv7Time(uuidv7(at)), at);
});

describe('the directories of runs', () => {
  test('are removed in the order in which they were made, also where the clock was set back', () => {
    const state = newState();
    const ahead = closedRun(state, '01ffffff-ffff-7000-8000-000000000000');
    assert.ok(uuidv7Time(ahead) > Date.now());
    const made = [1, 2, 3].map(() => closedRun(state, newRunId(state)));
    assert.deepEqual(listRuns(state), [ahead, ...made]);
    assert.deepEqual(pruneRuns(state, 3), []);
    assert.deepEqual(listRuns(state), made.slice(1));
  });

  test('may have the name of a moment that no clock shows', () => {
    const state = newState();
    closedRun(state, 'ffffffff-ffff-7fff-8fff-ffffffffffff');
    assert.match(newRunId(state), /^[0-9a-f-]{36}$/);
  });
});
