import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { MemoryKills } from '../../src/process/memory-kills.ts';
import { withDirectory } from '../frameworks/conformance.ts';

/** As `memory.events` of version 2 has it. */
const events = (kills: number): string => `low 0\nhigh 3\nmax 17\noom 2\noom_kill ${kills}\n`;

async function counted(
  check: (kills: MemoryKills, file: string) => void,
  text: string | null = events(4),
): Promise<void> {
  await withDirectory((dir) => {
    const file = join(dir, 'memory.events');
    if (text !== null) writeFileSync(file, text);
    check(new MemoryKills([join(dir, 'not there'), file]), file);
    return Promise.resolve();
  });
}

describe('kills for memory', () => {
  test('are those between coming and leaving', async () => {
    await counted((kills, file) => {
      const visit = kills.enter();
      writeFileSync(file, events(6));
      const { counted: many, alone, counter } = visit.leave();
      assert.deepEqual([many, alone], [2, true]);
      assert.equal(counter, `oom_kill of ${file}`);
      assert.equal(kills.enter().leave().counted, 0);
    });
  });

  test('are counted in version 1, too, where other lines stand around', async () => {
    await counted((kills, file) => {
      const visit = kills.enter();
      writeFileSync(file, 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n');
      assert.equal(visit.leave().counted, 1);
    }, 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n');
  });

  test('are not known where no file has a counter', async () => {
    for (const text of [null, 'oom_kill_disable 0\nunder_oom 0\n', 'oom_kill many\n']) {
      await counted((kills) => assert.equal(kills.enter().leave().counted, null), text);
    }
  });

  test('are not known where the counter went away', async () => {
    await counted((kills, file) => {
      const visit = kills.enter();
      rmSync(file);
      assert.equal(visit.leave().counted, null);
    });
  });

  test('may be those of others where somebody else was there at any moment', async () => {
    await counted((kills) => {
      const before = kills.enter();
      const first = kills.enter();
      before.leave();
      const later = kills.enter();
      assert.equal(first.leave().alone, false);
      assert.equal(later.leave().alone, false);
      assert.equal(before.leave().alone, false);
      assert.equal(kills.enter().leave().alone, true);
    });
  });
});
