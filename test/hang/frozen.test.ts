import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isSystemError } from '../../src/core/errors.ts';
import type { CgroupDirectory } from '../../src/process/tier/cgroup-directory.ts';
import { ownCgroups } from '../../src/process/tier/own-cgroups.ts';
import { named } from './corpus.ts';
import { Hanging, unavailable } from './hanging.ts';

/** One that goes on with its input. */
const program = named('python/stdin-open.py');

describe('a frozen control group', () => {
  for (const parent of ownCgroups()) {
    const name = `version ${parent.version}: it is named, and the program goes on when it is thawed`;
    test(name, { skip: unavailable(program) }, (t) =>
      Hanging.during(program, async (hanging) => {
        const group = groupIn(parent);
        if (group === null) return t.skip('no control group can be made here');
        try {
          writeFileSync(group.procs, String(hanging.pid));
          assert.ok(await group.freeze());
          const { proven, verdict, candidates } = await hanging.look();
          assert.equal(verdict.class, 'frozen', verdict.summary);
          assert.ok(!proven);
          assert.match(candidates[0]?.root.place ?? '', /hang-test-/);
          group.thaw();
          hanging.child.stdin?.end('yes\n');
          await once(hanging.child, 'exit');
          assert.equal(hanging.child.exitCode, 0, hanging.said);
        } finally {
          group.thaw();
          if (hanging.child.exitCode === null) hanging.child.kill('SIGKILL');
          if (hanging.child.exitCode === null) await once(hanging.child, 'exit');
          group.remove();
        }
      }),
    );
  }
});

function groupIn(parent: CgroupDirectory): CgroupDirectory | null {
  try {
    return parent.child(`hang-test-${process.pid}`);
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
