import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { lookAt } from '../../../src/hang/look.ts';
import { programsOf } from '../corpus.ts';
import { Hanging, unavailable } from '../hanging.ts';

const NAMES = ['cpp/lock-guards-in-opposite-order.cpp', 'rust/two-mutexes.rs'];
const programs = programsOf(['mutex-cycle', 'lock-without-owner']).filter(({ name }) =>
  NAMES.includes(name),
);
const noGdb =
  spawnSync('sh', ['-c', 'command -v gdb']).status === 0 ? false : 'gdb is not installed';

describe('native threads by gdb, where that is allowed', { concurrency: 2 }, () => {
  test('both programs are there', () => assert.equal(programs.length, NAMES.length));

  for (const program of programs) {
    test(`the root of ${program.name} has a line`, { skip: unavailable(program) || noGdb }, () =>
      Hanging.during(program, async (hanging) => {
        const untouched = await hanging.look();
        assert.deepEqual(untouched.scene.seen.findings, []);
        const { verdict, candidates, scene } = await lookAt(hanging.members, [
          'nothing',
          'may-interrupt-calls',
        ]);
        const [finding] = scene.seen.findings ?? [];
        if (/not permitted/.test(finding?.missing ?? '')) return;
        assert.equal(finding?.missing, null);
        assert.equal(verdict.class, program.hangs);
        const [file = ''] = program.path.split('/').slice(-1);
        assert.match(candidates[0]?.root.place ?? '', new RegExp(`${file}:\\d+ \\(`));
      }),
    );
  }
});
