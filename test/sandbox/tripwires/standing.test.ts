import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Trip } from '../../../src/core/trip.ts';
import { type Standing, standingTrips } from '../../../src/sandbox/tripwires/standing.ts';
import { aTrip } from '../../history/samples.ts';
import { emptyDirectory, git, gitEnv, repositoryOf } from './git-project.ts';

function standing(dir: string, ...trips: readonly Partial<Trip>[]): readonly Standing[] {
  return standingTrips(trips.map(aTrip), { cwd: dir, env: gitEnv });
}

function whats(dir: string, ...trips: readonly Partial<Trip>[]): readonly string[] {
  return standing(dir, ...trips).map(({ what }) => what);
}

/** The branch `main` and its commit, as a trip tells it. */
function headOf(dir: string): string {
  const branch = git(dir, 'symbolic-ref', '--short', 'HEAD').trim();
  return `${branch} (${git(dir, 'rev-parse', '--short=12', 'HEAD').trim()})`;
}

function commit(dir: string, text: string): void {
  writeFileSync(join(dir, 'a.txt'), text);
  git(dir, 'commit', '--quiet', '--all', '--message', text);
}

const tree = { kind: 'tree', what: 'a.txt', detail: null } as const;
const index = { kind: 'index', what: 'the index', change: 'changed', detail: null } as const;

describe('what a run changed and nobody has put back', () => {
  test('a file, until it holds what is committed', () => {
    const dir = repositoryOf({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    assert.deepEqual(standing(dir, { ...tree, change: 'changed' }), []);
    writeFileSync(join(dir, 'b.txt'), 'somebody works on it\n');
    assert.deepEqual(standing(dir, { ...tree, change: 'changed' }), []);
    for (const change of ['changed', 'removed'] as const) {
      if (change === 'changed') writeFileSync(join(dir, 'a.txt'), 'two\n');
      else rmSync(join(dir, 'a.txt'));
      const [left] = standing(dir, { ...tree, change });
      assert.equal(left?.what, 'a.txt');
      git(dir, ...(left?.remedy ?? '').replace(/^git | \(.*$/g, '').split(' '));
      assert.deepEqual(standing(dir, { ...tree, change }), []);
    }
  });

  test('a file whose removal was staged, too', () => {
    const dir = repositoryOf({ 'a.txt': 'one\n' });
    git(dir, 'rm', '--quiet', 'a.txt');
    assert.deepEqual(whats(dir, { ...tree, change: 'removed' }), ['a.txt']);
  });

  test('nothing that the run itself put back, or touched without a change', () => {
    const dir = repositoryOf({ 'a.txt': 'one\n' });
    writeFileSync(join(dir, 'a.txt'), 'one\n');
    assert.deepEqual(whats(dir, { ...tree, change: 'changed' }), []);
    writeFileSync(join(dir, 'a.txt'), 'before the run, too\n');
    assert.deepEqual(
      whats(dir, { ...tree, change: 'changed' }, { ...tree, change: 'restored' }),
      [],
    );
  });

  test('what is staged', () => {
    const dir = repositoryOf({ 'a.txt': 'one\n' });
    assert.deepEqual(whats(dir, index), []);
    writeFileSync(join(dir, 'a.txt'), 'two\n');
    assert.deepEqual(whats(dir, index), []);
    git(dir, 'add', 'a.txt');
    assert.deepEqual(whats(dir, index), ['the index']);
    git(dir, 'restore', '--staged', ':/');
    assert.deepEqual(whats(dir, index), []);
  });

  test('HEAD on another branch, until the old one is checked out; then its files', () => {
    const dir = repositoryOf({ 'a.txt': 'one\n' });
    const before = headOf(dir);
    git(dir, 'checkout', '--quiet', '-b', 'other');
    commit(dir, 'two\n');
    const moved = { detail: `from ${before} to ${headOf(dir)}` };
    const trips = [moved, { ...tree, change: 'changed' as const }];
    const [left, more] = standing(dir, ...trips);
    assert.equal(more, undefined);
    assert.match(left?.is ?? '', /^is at other \(\w{12}\) and was at \w+ \(\w{12}\)$/);
    git(dir, ...(left?.remedy ?? '').split(' ').slice(1));
    assert.equal(headOf(dir), before);
    assert.deepEqual(standing(dir, ...trips), []);
    writeFileSync(join(dir, 'a.txt'), 'three\n');
    assert.deepEqual(whats(dir, ...trips), ['a.txt']);
  });

  test("a commit of the run's own on the same branch, but none that came later", () => {
    const dir = repositoryOf({ 'a.txt': 'one\n' });
    const before = headOf(dir);
    commit(dir, 'by a test\n');
    const moved = { detail: `from ${before} to ${headOf(dir)}` };
    const [left] = standing(dir, moved);
    assert.match(left?.remedy ?? '', /^git reset --keep \w{12}$/);
    git(dir, ...(left?.remedy ?? '').split(' ').slice(1));
    assert.deepEqual(standing(dir, moved), []);
    commit(dir, 'by somebody\n');
    assert.deepEqual(standing(dir, moved), []);
  });

  test('a port, as long as something listens there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const what = `tcp 127.0.0.1:${address.port}`;
    const trip = { kind: 'port', what, change: 'opened', detail: null } as const;
    const dir = emptyDirectory();
    assert.deepEqual(whats(dir, trip), [what]);
    server.close();
    await once(server, 'close');
    assert.deepEqual(whats(dir, trip), []);
  });

  test('a file in a shared directory, as long as it is there', () => {
    const dir = emptyDirectory();
    const what = join(dir, 'left');
    const trip = { kind: 'file', what, change: 'created', detail: null } as const;
    assert.deepEqual(whats(dir, trip), []);
    writeFileSync(what, '');
    assert.deepEqual(whats(dir, trip), [what]);
    assert.deepEqual(whats(dir, { ...trip, change: 'removed' }), []);
  });

  test('what git can not compare counts as standing', () => {
    const dir = emptyDirectory();
    git(dir, 'init', '--quiet');
    assert.match(standing(dir, { ...tree, change: 'changed' })[0]?.is ?? '', /can't be compared/);
  });
});
