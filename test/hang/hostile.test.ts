import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { lookAt, treeOf } from '../../src/hang/look.ts';
import { hangJson } from '../../src/hang/report/json.ts';
import type { HangJson } from '../../src/hang/report/json.ts';
import { hangPage } from '../../src/hang/report/page.ts';
import { hangText } from '../../src/hang/report/text.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { compile, hostile, lacks, withSubject } from './subject.ts';

const run = promisify(execFile);
const BIN = join(import.meta.dirname, '../../bin/pindown.js');
const PLAIN = { paint: (_tone: string, text: string) => text };
const scratch = scratchDirectory();
const skip = process.platform === 'linux' ? false : 'there is no /proc';

/** A look that does not come back fails by this, instead of hanging itself. */
const options = { skip, timeout: 60_000 };

describe('hostile subjects', options, () => {
  test('16 threads, each blocked in another call: none sees EINTR', { skip: lacks('gcc') }, () =>
    withSubject(
      [compile('sixteen-calls.c', scratch)],
      { env: { LOCKED: join(scratch, 'locked') } },
      async ({ child, members, errors }) => {
        const { scene } = await lookAt(members);
        const { stdout } = await run(process.execPath, [BIN, 'hang', String(child.pid)], {
          env: plainEnvironment,
        });
        assert.match(stdout, /thread \d+ waits in pselect6 without a limit/);
        assert.equal(scene.waits.length, 17);
        const interrupted = once(child, 'exit');
        child.stdin?.end('\n');
        const [status] = await interrupted;
        assert.equal(status, 0, errors());
        assert.doesNotMatch(errors(), /came back: -1 4$/m);
      },
    ),
  );

  for (const kind of ['epoll', 'poll']) {
    test(`10,000 descriptors, in ${kind}`, { skip: lacks('python3') }, async (t) => {
      const { stdout } = await run('sh', ['-c', 'ulimit -Hn']);
      if (Number(stdout) < 10_100) return t.skip(`only ${stdout.trim()} may be open`);
      await withSubject(
        ['python3', hostile('ten-thousand-descriptors.py'), kind],
        {},
        async ({ members }) => {
          const { proven, scene } = await lookAt(members);
          const [process] = scene.seen.processes.values();
          assert.ok((process?.descriptors.total ?? 0) > 10_000);
          assert.match(scene.seen.missing.join('\n'), /^\d{4} more descriptors of pid \d+$/m);
          // What was not looked at could be what wakes it.
          assert.ok(!proven);
        },
      );
    });
  }

  test('500 threads', { skip: lacks('gcc') }, () =>
    withSubject([compile('five-hundred-threads.c', scratch)], {}, async ({ members }) => {
      const { proven, scene } = await lookAt(members);
      assert.equal(scene.waits.length, 501);
      assert.ok(proven);
    }),
  );

  test('a tree that forks while it is looked at', () =>
    withSubject(['bash', hostile('forks-on-and-on.sh')], {}, async ({ members }) => {
      for (let look = 0; look < 5; look += 1) {
        const { proven, scene } = await lookAt(members);
        assert.ok(!proven);
        assert.ok(scene.seen.cameOrWent.length > 0);
      }
    }));

  test('a process that vanishes between two reads', () =>
    withSubject(['sh', '-c', 'echo ready; sleep 600; exit'], {}, async ({ child, pid }) => {
      let asked = 0;
      const exit = once(child, 'exit');
      const { proven, hung, scene } = await lookAt(async () => {
        asked += 1;
        const found = treeOf(pid)();
        // Named, and gone by the time it is read.
        if (asked === 2) {
          process.kill(-pid, 'SIGKILL');
          await exit;
        }
        return found;
      });
      assert.deepEqual({ proven, hung }, { proven: false, hung: false });
      assert.equal(scene.seen.processes.size, 0);
    }));

  test('somebody who was never there', async () => {
    const { proven, hung, verdict } = await lookAt(() => [2 ** 22 + 1]);
    assert.deepEqual(
      { proven, hung, class: verdict.class },
      { proven: false, hung: false, class: 'unknown' },
    );
  });

  test("another user's process, without rights", { skip: foreigner() }, async () =>
    withSubject(['sh', '-c', 'echo ready; read line'], {}, async ({ pid }) => {
      const isRoot = process.getuid?.() === 0;
      const target = isRoot ? pid : 1;
      const { hung, proven, missing } = await asNobody(String(target), isRoot);
      assert.deepEqual({ hung, proven }, { hung: false, proven: false });
      assert.match(
        missing.join('\n'),
        new RegExp(`the descriptors of pid ${target} may not be read`),
      );
    }),
  );

  test('no ss, strace, perf or gdb on the PATH', () =>
    withSubject(['sh', '-c', 'echo ready; read line'], {}, async ({ pid }) => {
      const empty = join(scratch, 'empty');
      mkdirSync(empty, { recursive: true });
      const env = { ...plainEnvironment, PATH: empty };
      const { stdout } = await run(process.execPath, [BIN, 'hang', String(pid), '--json'], { env });
      const seen = JSON.parse(stdout) as HangJson;
      assert.match(seen.missing.join('\n'), /ss\(8\) of iproute2: ENOENT/);
      assert.equal(seen.graph.processes.length, 1);
    }));

  test('names with newlines, escape sequences and Markdown in them', async () => {
    const name = 'a) R 1\n\u001b[2J\u001b]0;x\u0007`|*';
    const program = join(scratch, name);
    copyFileSync('/bin/sh', program);
    const script = join(scratch, 'waits\n\u001b[31m.sh');
    writeFileSync(script, 'echo ready; read line');
    const argv0 = 'an\u001b[31m evil\nname';
    await withSubject([program, script], { argv0 }, async ({ pid, members }) => {
      const diagnosis = await lookAt(members);
      const [process] = diagnosis.scene.seen.processes.values();
      assert.deepEqual([process?.pid, process?.now.state], [pid, 'S']);
      const context = { reason: 'by-hand', lookedAt: '2026-01-01T00:00:00Z', reproduce: 'x' };
      const { markdown, svg } = hangPage(diagnosis, context);
      const texts = [hangText(diagnosis, PLAIN), markdown, svg];
      for (const text of texts) {
        // oxlint-disable-next-line no-control-regex
        assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }
      assert.match(texts[0] ?? '', /an\?\[31m evil name/);
      const json = JSON.parse(JSON.stringify(hangJson(diagnosis))) as HangJson;
      assert.match(json.graph.processes[0]?.command ?? '', /evil name/);
    });
  });
});

/** Why nobody else's process can be had. */
function foreigner(): string | false {
  return process.getuid?.() === 0 ? lacks('setpriv') : false;
}

async function asNobody(pid: string, isRoot: boolean): Promise<HangJson> {
  const command = [process.execPath, BIN, 'hang', pid, '--json'];
  const change = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const [program = '', ...args] = isRoot ? [...change, ...command] : command;
  const { stdout } = await run(program, args, { maxBuffer: 64 << 20, env: plainEnvironment });
  return JSON.parse(stdout) as HangJson;
}
