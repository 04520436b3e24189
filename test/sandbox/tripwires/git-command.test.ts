import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Trip } from '../../../src/core/trip.ts';
import { isGitThatChanges } from '../../../src/sandbox/tripwires/git-command.ts';

const CASES: readonly (readonly [command: string, kinds: readonly Trip['kind'][]])[] = [
  ['git checkout other', ['head', 'index', 'tree']],
  ['/usr/lib/git-core/git -C sub -c a.b=c --git-dir x checkout y', ['head', 'index', 'tree']],
  ['git --no-pager --git-dir=x reset --hard', ['head', 'index', 'tree']],
  ['git commit -m checkout', ['head', 'index']],
  ['git add .', ['index']],
  ['git clean -fd', ['tree']],
  ['git status', []],
  ['git log checkout', []],
  ['git -C checkout status', []],
  ['git', []],
  ['git --version', []],
  ['sh -c git checkout other', []],
  ['vim git checkout', []],
];

describe('isGitThatChanges', () => {
  for (const [command, kinds] of CASES) {
    test(command, () => {
      const all = ['head', 'index', 'tree', 'port', 'file'] as const;
      assert.deepEqual(
        all.filter((kind) => isGitThatChanges(kind, command)),
        kinds,
      );
    });
  }
});
