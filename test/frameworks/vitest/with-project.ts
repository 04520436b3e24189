import { join } from 'node:path';
import { vitest } from '../../../src/frameworks/vitest/index.ts';
import { type BatchProject, withBatchProject } from '../with-batch-project.ts';

/** Hands over a project with this repository's Vitest in it for as long as the body takes. */
export async function withVitestProject(
  files: Readonly<Record<string, string>>,
  body: (project: BatchProject) => Promise<void>,
): Promise<void> {
  await withBatchProject(
    {
      framework: vitest,
      manifest: '{"type": "module", "scripts": {"test": "vitest run"}}',
      // As it would be listed, without the cost of it.
      unitOf: async (path, dir) =>
        await Promise.resolve({
          id: `vitest:${path}`,
          suite: 'vitest',
          framework: 'vitest',
          kind: 'file',
          path,
          file: join(dir, path),
          data: {},
        }),
    },
    files,
    body,
  );
}
