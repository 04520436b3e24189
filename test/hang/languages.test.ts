import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { lookAt } from '../../src/hang/look.ts';
import type { Disturbance } from '../../src/hang/probes/probe.ts';
import { programsOf, slowOf } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';

const CLASSES = ['go-blocked-for-ever', 'java-deadlock'];

/** A JVM is asked by its own listener. */
const ALLOWED: readonly Disturbance[] = ['nothing', 'starts-inspector'];

const programs = programsOf(CLASSES);

describe('hangs of Go and Java from inside', { concurrency: 2 }, () => {
  test('each class has two programs', () => {
    for (const name of CLASSES) {
      assert.ok(programs.filter(({ hangs }) => hangs === name).length >= 2, name);
    }
  });

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { hung, verdict, candidates } = await lookAt(hanging.members, ALLOWED);
        assert.equal(verdict.class, program.hangs, verdict.summary);
        assert.ok(hung);
        const root = candidates[0]?.root;
        assert.ok(isStatedRoot(hanging, root), `root ${JSON.stringify(root)} of ${hanging.pid}`);
      }),
    );
  }
});

describe('what is slow in other languages', { concurrency: 2 }, () => {
  for (const program of slowOf('languages')) {
    test(`${program.name}: ${program.progresses}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (slow) => {
        for (let look = 0; look < 3 && slow.child.exitCode === null; look += 1) {
          const { hung, verdict } = await lookAt(slow.members, ALLOWED);
          if (slow.child.exitCode !== null) break;
          assert.ok(!hung, `${verdict.class}: ${verdict.summary}`);
        }
        if (slow.child.exitCode === null) await once(slow.child, 'exit');
        assert.equal(slow.child.exitCode, 0, slow.said);
      }),
    );
  }
});
