import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { uuidv7 } from '../../../src/core/ids.ts';
import type { Holder } from '../../../src/run/holder.ts';
import { readReport } from '../../cli/project.ts';
import { Bystanders } from '../../process/tier/bystanders.ts';
import { tierMissing } from '../../process/tier/describe-escapes.ts';
import { pidsIn } from '../../process/tier/truth.ts';
import { scratchDirectory } from '../../report/scratch.ts';
import { KillableProject } from './killable-project.ts';

const scratch = scratchDirectory();

/** A run whose Pindown was killed after it had begun an attempt that does not end by itself. */
async function deadRun(name: string): Promise<{ project: KillableProject; runDir: string }> {
  const project = new KillableProject(join(scratch, name), 'group', []);
  const mark = { in: 'new run', begins: 'attempts/' } as const;
  assert.ok(await project.runAndKill({ mark, thenMs: 500 }));
  const [run] = project.entries();
  assert.ok(run !== undefined);
  return { project, runDir: join(project.runsDir, run) };
}

function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  assert.notEqual(changed, text, `nothing to change in ${file}`);
  writeFileSync(file, changed);
}

describe('the start after a kill -9', { skip: tierMissing('group') }, () => {
  test('signals nobody who has the pid of a dead attempt or of the dead Pindown by now', async () => {
    const bystanders = new Bystanders(scratch);
    try {
      await bystanders.child('sleep 60', { detached: true });
      const pid = String(bystanders.all[0]?.pid);
      const { project, runDir } = await deadRun('reused');
      edit(join(runDir, 'events.ndjson'), (text) => text.replaceAll(/"pid":\d+/g, `"pid":${pid}`));
      edit(join(runDir, 'holder.json'), (text) => text.replace(/"pid":\d+/, `"pid":${pid}`));
      const { code, stderr } = await project.start();
      assert.equal(code, 0, stderr);
      bystanders.assertUntouched();
      assert.ok(readReport(join(runDir, 'report.json')).totals.lost > 0);
      assert.deepEqual(pidsIn(project.dir), []);
    } finally {
      bystanders.end();
    }
  });

  test('removes no directory whose marker is not of the dead run, nor one without', async () => {
    for (const marker of [uuidv7(), null]) {
      const { project, runDir } = await deadRun(`marked-${marker === null ? 'not' : 'otherwise'}`);
      const root = join(project.temp, 'pd-somebody');
      mkdirSync(join(root, '1'), { recursive: true });
      if (marker !== null) symlinkSync(marker, join(root, 'pindown-run'));
      const holder = join(runDir, 'holder.json');
      const { worlds, ...rest } = JSON.parse(readFileSync(holder, 'utf8')) as Holder;
      assert.ok(worlds !== null);
      writeFileSync(holder, JSON.stringify({ ...rest, worlds: { root, keep: 'none' } }));
      assert.equal((await project.start()).code, 0);
      assert.ok(existsSync(join(root, '1')));
      assert.ok(existsSync(join(runDir, 'report.json')));
    }
  });

  test('takes no other name in the directory of runs for one of its own', async () => {
    const { project } = await deadRun('named');
    const names = ['.making-notes', '.removing-notes', `.making-${process.pid}--${uuidv7()}`];
    for (const name of names) mkdirSync(join(project.runsDir, name));
    const gone = [`.removing-${uuidv7()}`, `.making-${process.pid}-1-${uuidv7()}`];
    for (const name of gone) mkdirSync(join(project.runsDir, name));
    assert.equal((await project.start()).code, 0);
    const there = new Set(readdirSync(project.runsDir));
    assert.deepEqual(
      names.filter((name) => !there.has(name)),
      [],
    );
    assert.deepEqual(
      gone.filter((name) => there.has(name)),
      [],
    );
  });
});
