import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { lookAt, treeOf } from '../../../src/hang/look.ts';
import { hangJson } from '../../../src/hang/report/json.ts';
import { hangText } from '../../../src/hang/report/text.ts';

const missing = process.platform === 'linux' ? false : 'there is no /proc';

test(
  'a process that ignores SIGTERM is said to, whatever it hangs for',
  { skip: missing },
  async () => {
    const child = spawn('bash', ['-c', `trap '' TERM; echo ready; read -r line`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      const diagnosis = await lookAt(treeOf(child.pid ?? 0));
      assert.notEqual(diagnosis.verdict.class, 'signal-never-delivered');
      const text = hangText(diagnosis, { paint: (_tone, plain) => plain });
      assert.match(text, /\n {2}it (?:ignores SIGINT; )?ignores SIGTERM\n/);
      assert.ok(hangJson(diagnosis).graph.processes[0]?.deafTo.includes('ignores SIGTERM'));
    } finally {
      child.stdin.end('\n');
      await once(child, 'exit');
    }
  },
);
