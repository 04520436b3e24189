import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { lookAt, treeOf } from '../../src/hang/look.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { compile, hostile, lacks, withSubject } from './subject.ts';

const scratch = scratchDirectory();
const skip = process.platform === 'linux' ? false : 'there is no /proc';

/** It stands still, and something that is hard to see will end that. */
describe('what stands still and is not proven to hang', { skip, timeout: 60_000 }, () => {
  test('an eventfd that somebody above the tree has, too', { skip: lacks('python3') }, () =>
    withSubject(['python3', hostile('eventfd-of-parent.py')], {}, async (subject) => {
      const [below] = treeOf(subject.pid)().slice(1);
      assert.ok(below !== undefined);
      const { proven, scene } = await lookAt(treeOf(below));
      const [wait] = scene.waits;
      assert.deepEqual(wait?.sources, [
        { kind: 'outside', pid: subject.pid, via: 'could write the eventfd' },
      ]);
      assert.ok(!proven);
      const exit = once(subject.child, 'exit');
      subject.child.stdin?.end('\n');
      assert.deepEqual(await exit, [0, null]);
    }),
  );

  test('a timer of timer_create(2)', { skip: lacks('gcc') }, () =>
    withSubject([compile('timer-of-posix.c', scratch)], {}, async ({ child, members }) => {
      const exit = once(child, 'exit');
      assert.ok(!(await lookAt(members)).proven);
      assert.deepEqual(await exit, [0, null]);
    }),
  );

  test('a timer of setitimer(2)', { skip: lacks('python3') }, () =>
    withSubject(['python3', hostile('alarm.py')], {}, async ({ child, members }) => {
      const exit = once(child, 'exit');
      assert.ok(!(await lookAt(members)).proven);
      assert.deepEqual(await exit, [0, null]);
    }),
  );

  test('a tree of which only a part is looked at', () =>
    withSubject(
      ['bash', '-c', 'exec 3<> <(:); wait; echo ready; read <&3'],
      {},
      async ({ pid }) => {
        assert.ok((await lookAt(() => [pid])).proven);
        const nobody = Array.from({ length: 1_000 }, (_, index) => 2 ** 22 + 1 + index);
        const { proven, scene } = await lookAt(() => [pid, ...nobody]);
        assert.ok(!proven);
        assert.ok(scene.seen.missing.includes('more than 1000 processes'));
      },
    ));
});
