import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { Diagnosis } from '../../src/hang/diagnose.ts';
import { type Program, slowOf } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';

const LOOKS = 3;

/** A class that is known by one program only may be known by an accident of it. */
export function testTwoProgramsEach(
  classes: readonly string[],
  programs: readonly Program[],
): void {
  test('each class has two programs', () => {
    for (const name of classes) {
      assert.ok(programs.filter(({ hangs }) => hangs === name).length >= 2, name);
    }
  });
}

/** The hang is laid at what the program states. */
export function assertStatedRoot(
  hanging: Hanging,
  { candidates }: Pick<Diagnosis, 'candidates'>,
): void {
  const root = candidates[0]?.root;
  assert.ok(isStatedRoot(hanging, root), `root ${JSON.stringify(root)} of ${hanging.pid}`);
}

/** The slow programs of a group: none is ever called hung, and each comes to its end. */
export function describeSlow(title: string, group: string, concurrency: number): void {
  describe(title, { concurrency }, () => {
    for (const program of slowOf(group)) {
      test(`${program.name}: ${program.progresses}`, { skip: unavailable(program) }, () =>
        Hanging.during(program, async (slow) => {
          const exit = once(slow.child, 'exit');
          for (let look = 0; look < LOOKS && slow.child.exitCode === null; look += 1) {
            const { hung, proven, standing, verdict } = await slow.look();
            if (slow.child.exitCode !== null) break;
            assert.ok(!hung && !proven, `${standing} ${verdict.class}: ${verdict.summary}`);
          }
          if (slow.child.exitCode === null) await exit;
          assert.equal(slow.child.exitCode, 0, slow.said);
        }),
      );
    }
  });
}
