import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outcomes, shellProject } from '../project.ts';
import { makeControlGroup, withoutControlGroup } from './control-group.ts';
import { attemptsOf, courseOf, executable, runWrapped } from './run-unit.ts';

const FILES = { 'u/a': '#!/bin/sh\n', 'u/b': '#!/bin/sh\n' };

function project(): string {
  const dir = shellProject(FILES);
  executable(dir, ...Object.keys(FILES));
  return dir;
}

describe(
  'a start for which the machine has no room',
  { skip: process.platform !== 'linux' },
  () => {
    test('too many files open: it is started again, and fewer run at once', async () => {
      const dir = project();
      // All that the limit allows are open while its output is to be opened.
      const fill = `{
      beforeOutput(start) {
        if (start > 2) return;
        this.open = [];
        try {
          for (;;) this.open.push(fs.openSync('/dev/null'));
        } catch (error) {
          if (error.code !== 'EMFILE') throw error;
        }
      },
      afterOutput(start) {
        if (start <= 2) for (const descriptor of this.open) fs.closeSync(descriptor);
      },
    }`;
      const ran = await runWrapped(dir, 'u/a', fill, {
        options: ['--workers', '2'],
        shell: 'ulimit -n 256',
      });
      const attempts = attemptsOf(ran.report, 'u/a');
      const refused = 'spawn-failed by spawn-refused';
      assert.deepEqual(courseOf(attempts), [refused, refused, 'passed']);
      assert.match(attempts[0]?.retry?.because ?? '', /^EMFILE at its start/);
      assert.deepEqual(outcomes(ran.report), { 'u/a': 'passed' });
      const told = ran.stdout + ran.stderr;
      assert.match(told, /the machine is too small for this run: EMFILE .* 1 instead of 2 units/);
      assert.equal(ran.status, 0);
    });

    test(
      'no process more: it is started again',
      { skip: withoutControlGroup('pids') },
      async (t) => {
        const dir = project();
        const group = makeControlGroup('pids');
        assert.ok(group);
        t.after(() => group.remove());
        // Exactly so many are allowed as there are, while the kernel is asked for one more.
        const full = `{
      before(start) {
        const [most, now] = ['max', 'current'].map((name) => '${group.dir}/pids.' + name);
        if (start <= 2) fs.writeFileSync(most, fs.readFileSync(now));
      },
      after() { fs.writeFileSync('${group.dir}/pids.max', 'max'); },
    }`;
        const { status, report } = await runWrapped(dir, 'u/a', full, { shell: group.enter });
        const attempts = attemptsOf(report, 'u/a');
        const refused = 'spawn-failed by spawn-refused';
        assert.deepEqual(courseOf(attempts), [refused, refused, 'passed']);
        assert.match(attempts[0]?.retry?.because ?? '', /^EAGAIN at its start/);
        assert.equal(status, 0);
      },
    );
  },
);
