import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withVitestProject } from './with-project.ts';

/** A file whose one test notes that it ran. */
function noting(name: string): string {
  return `
import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
test('ok', () => appendFileSync('order', '${name} '));
`;
}

const ONE_AT_A_TIME = { 'vitest.config.ts': 'export default { test: { maxWorkers: 1 } };' };

test('Vitest files run in the order that the plan gives them', async () => {
  const files = {
    ...ONE_AT_A_TIME,
    'a.test.ts': noting('a'),
    'b.test.ts': noting('b'),
    // Vitest itself would begin with the longest.
    'c.test.ts': `${noting('c')}// ${'long '.repeat(100)}\n`,
  };
  await withVitestProject(files, async ({ dir, run }) => {
    await run(['b.test.ts', 'a.test.ts', 'c.test.ts']);
    assert.equal(readFileSync(join(dir, 'order'), 'utf8'), 'b a c ');
  });
});

test('a sequencer of the project’s own has the last word', async () => {
  const files = {
    'vitest.config.ts': `
import { BaseSequencer } from 'vitest/node';
class ByName extends BaseSequencer {
  async sort(files) {
    return files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}
export default { test: { maxWorkers: 1, sequence: { sequencer: ByName } } };
`,
    'a.test.ts': noting('a'),
    'b.test.ts': noting('b'),
  };
  await withVitestProject(files, async ({ dir, run }) => {
    await run(['b.test.ts', 'a.test.ts']);
    assert.equal(readFileSync(join(dir, 'order'), 'utf8'), 'a b ');
  });
});
