import assert from 'node:assert/strict';
import { jest } from '../../../src/frameworks/jest/index.ts';
import { type BatchProject, withBatchProject } from '../with-batch-project.ts';

/** Hands over a project with this repository's Jest in it for as long as the body takes. */
export async function withJestProject(
  files: Readonly<Record<string, string>>,
  body: (project: BatchProject) => Promise<void>,
): Promise<void> {
  await withBatchProject(
    {
      framework: jest,
      // The default transform looks for Babel's presets.
      manifest: '{"scripts": {"test": "jest"}, "jest": {"transform": {}}}',
      unitOf: async (path, _dir, list) => {
        const unit = (await list()).find((candidate) => candidate.path === path);
        assert.ok(unit, `Expected a unit ${path}`);
        return unit;
      },
    },
    files,
    body,
  );
}
