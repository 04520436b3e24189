import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { headerOf, type Program, programsIn } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';

const CASES: readonly Program[] = programsIn(join(import.meta.dirname, 'casebook'));
const PAGE: string = readFileSync(join(import.meta.dirname, '../../docs/casebook.md'), 'utf8');

describe('hangs of public histories', { concurrency: 3 }, () => {
  test('each states where it is told, and what its cause was', () => {
    assert.ok(CASES.length >= 5);
    for (const { name, path } of CASES) {
      const said = headerOf(readFileSync(path, 'utf8'));
      assert.match(said.get('history') ?? '', /^https:\/\/github\.com\/\S+$/, name);
      assert.match(said.get('cause') ?? '', /\w/, name);
    }
  });

  for (const program of CASES) {
    const name = dirname(program.name);
    test(`${name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { hung, verdict, candidates, scene } = await hanging.look();
        const waits = scene.waits.map(({ thread, what }) => `${thread.pid} ${what}`).join('\n');
        assert.equal(verdict.class, program.hangs, `${verdict.summary}\n${waits}`);
        assert.ok(hung);
        const root = candidates[0]?.root;
        assert.ok(isStatedRoot(hanging, root), `root ${JSON.stringify(root)} of ${hanging.pid}`);
      }),
    );

    test(`the casebook tells of ${name} what is tested here`, () => {
      const history = headerOf(readFileSync(program.path, 'utf8')).get('history') ?? '';
      const row = PAGE.split('\n').find((line) => line.includes(`](${history})`)) ?? '';
      assert.ok(row.includes(`\`${program.hangs}\``), `${history}: ${row}`);
    });
  }
});
