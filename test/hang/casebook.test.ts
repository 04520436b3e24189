import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { Diagnosis } from '../../src/hang/diagnose.ts';
import type { Standing } from '../../src/hang/standing.ts';
import { headerOf, type Program, programsIn } from './corpus.ts';
import { Hanging, unavailable } from './hanging.ts';
import { assertStatedRoot } from './shared-tests.ts';

const CASES: readonly Program[] = programsIn(join(import.meta.dirname, 'casebook'));
const PAGE: string = readFileSync(join(import.meta.dirname, '../../docs/casebook.md'), 'utf8');

/** What a program's header and the page call a standing, the least claimed first. */
const STANDINGS: readonly (readonly [word: string, standing: Standing])[] = [
  ['undecided', 'undecided'],
  ['named', 'stuck'],
  ['proven', 'proven-stuck'],
];

describe('hangs of public histories', { concurrency: 3 }, () => {
  test('each states where it is told, and what its cause was', () => {
    assert.ok(CASES.length >= 5);
    for (const { name, path } of CASES) {
      assert.match(statedIn({ path }, 'history'), /^https:\/\/github\.com\/\S+$/, name);
      assert.match(statedIn({ path }, 'cause'), /\w/, name);
    }
  });

  for (const program of CASES) {
    const name = dirname(program.name);
    test(`${name}: ${program.hangs}`, { skip: unavailable(program) }, (context) =>
      Hanging.during(program, async (hanging) => {
        const { standing, verdict, candidates, scene } = await lookAtLast(hanging);
        const without = (scene.seen.findings ?? []).flatMap(({ missing }) => missing ?? []);
        if (verdict.class === 'unknown' && without.length > 0) {
          context.skip(`not to be had here: ${without.join(', ')}`);
          return;
        }
        const waits = scene.waits.map(({ thread, what }) => `${thread.pid} ${what}`).join('\n');
        assert.equal(verdict.class, program.hangs, `${verdict.summary}\n${waits}`);
        // A runtime's own timers may or may not be set, and keep what is named from being proven.
        const least = STANDINGS.findIndex(([word]) => word === statedIn(program, 'standing'));
        const claimed = STANDINGS.findIndex(([, known]) => known === standing);
        assert.ok(least >= 0 && claimed >= least, `${standing}: ${verdict.summary}`);
        assertStatedRoot(hanging, { candidates });
      }),
    );

    test(`the casebook tells of ${name} what is tested here`, () => {
      const history = `](${statedIn(program, 'history')})`;
      const row = PAGE.split('\n').find((line) => line.includes(history)) ?? history;
      const cells = row.split('|').map((cell) => cell.trim());
      assert.equal(cells[3], `\`${program.hangs}\``, row);
      assert.equal(cells[5], statedIn(program, 'standing'), row);
    });
  }
});

/** On a loaded machine a thread may still be on its way, or a trace come too late. */
async function lookAtLast(hanging: Hanging): Promise<Diagnosis> {
  const first = await hanging.look();
  return first.verdict.class === 'unknown' ? hanging.look() : first;
}

function statedIn({ path }: Pick<Program, 'path'>, key: string): string {
  return headerOf(readFileSync(path, 'utf8')).get(key) ?? '';
}
