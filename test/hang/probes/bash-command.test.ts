import assert from 'node:assert/strict';
import { test } from 'node:test';
import { named } from '../corpus.ts';
import { Hanging, unavailable } from '../hanging.ts';

const fifo = named('bash/fifo-no-writer.sh');
const coproc = named('bash/loop-in-function.sh');

test(
  'the command of a bash that is blocked itself, with its line',
  { skip: unavailable(fifo) },
  () =>
    Hanging.during(fifo, async (hanging) => {
      const { scene } = await hanging.look();
      const [frame] = scene.seen.findings?.flatMap(({ stacks }) => stacks)[0]?.frames ?? [];
      assert.match(frame?.function ?? '', /^exec 3< ?"\$fifo"$/);
      assert.equal(frame?.file, fifo.path);
      assert.equal(frame.line, 6);
    }),
);

test('who waits for a subshell leaves it to that to say', { skip: unavailable(coproc) }, () =>
  Hanging.during(coproc, async (hanging) => {
    const { scene, verdict } = await hanging.look();
    const findings = scene.seen.findings ?? [];
    const own = findings.find(({ pid }) => pid === hanging.pid);
    assert.deepEqual(own?.stacks, [], verdict.summary);
    const lines = findings.flatMap(({ stacks }) => stacks.flatMap(({ frames }) => frames));
    assert.deepEqual(
      lines.map(({ line, function: command }) => [line, command]),
      [[10, 'read -r line < "$TMPDIR/nobody"']],
    );
  }),
);
