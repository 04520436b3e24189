import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { programsOf } from './corpus.ts';
import { Hanging, unavailable } from './hanging.ts';
import { assertStatedRoot, describeSlow, testTwoProgramsEach } from './shared-tests.ts';

const CLASSES = ['go-blocked-for-ever', 'java-deadlock'];

const programs = programsOf(CLASSES);

describe('hangs of Go and Java from inside', { concurrency: 2 }, () => {
  testTwoProgramsEach(CLASSES, programs);

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { hung, verdict, candidates } = await hanging.look();
        assert.equal(verdict.class, program.hangs, verdict.summary);
        assert.ok(hung);
        assertStatedRoot(hanging, { candidates });
      }),
    );
  }
});

describeSlow('what is slow in other languages', 'languages', 2);
