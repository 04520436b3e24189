import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { listeningPorts } from '../../src/hang/probes/node/inspector-port.ts';
import { everyProgram, slowOf } from './corpus.ts';
import { Hanging, unavailable } from './hanging.ts';
import { assertStatedRoot, testTwoProgramsEach } from './shared-tests.ts';

const CLASSES = [
  'endless-loop',
  'exit-blocked',
  'immediate-starvation',
  'microtask-starvation',
  'promise-never-settles',
];

const programs = everyProgram().filter(
  ({ name, hangs, allowed }) =>
    hangs !== null && name.startsWith('node/') && allowed.includes('starts-inspector'),
);

describe('hangs of Node from inside', { concurrency: 2 }, () => {
  testTwoProgramsEach(CLASSES, programs);

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { standing, verdict, candidates, scene } = await hanging.look();
        const told = scene.seen.findings?.map(({ probe, missing }) => `${probe}: ${missing}`) ?? [];
        assert.equal(verdict.class, program.hangs, [verdict.summary, ...told].join('\n'));
        const isOpen = candidates[0]?.undecided !== undefined;
        assert.match(standing, isOpen ? /undecided/ : /stuck/);
        assertStatedRoot(hanging, { candidates });
      }),
    );
  }
});

describe('a Node that was asked goes on', { concurrency: 2 }, () => {
  for (const program of slowOf('node')) {
    test(`${program.name}: ${program.progresses}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (slow) => {
        const exit = once(slow.child, 'exit');
        const { hung, proven, verdict, scene } = await slow.look();
        assert.ok(!hung && !proven, `${verdict.class}: ${verdict.summary}`);
        const asked = scene.seen.findings?.some(({ node }) => node !== undefined) ?? false;
        assert.ok(asked, JSON.stringify(scene.seen.findings));
        assert.deepEqual(listeningPorts(slow.pid), [], 'its inspector was left open');
        writeFileSync(join(slow.scratch, 'enough'), '');
        const [status, signal] = await exit;
        assert.deepEqual([status, signal], [0, null], slow.said);
      }),
    );
  }
});
