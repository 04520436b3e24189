import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAlive, parseProcStat, readProcStat } from '../../src/process/proc-stat.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';

describe('parseProcStat', () => {
  test('finds its fields behind any command name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 15 }),
        fc.nat(2 ** 22),
        fc.nat(),
        (command, pid, start) => {
          const rest = [
            'S',
            7,
            pid,
            pid,
            0,
            -1,
            4194304,
            1,
            2,
            3,
            4,
            50,
            60,
            0,
            0,
            20,
            0,
            3,
            0,
            start,
            1000,
          ];
          assert.deepEqual(parseProcStat(`${pid} (${command}) ${rest.join(' ')}`), {
            pid,
            command,
            state: 'S',
            parent: 7,
            group: pid,
            session: pid,
            cpuTicks: 110,
            threads: 3,
            startTime: start,
          });
        },
      ),
    );
  });

  test('takes nothing for a process that is cut off', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const stat = parseProcStat(line);
        assert.ok(stat === null || Number.isInteger(stat.startTime));
      }),
    );
  });
});

test('a process is known by its pid and its start time', { skip: linux }, async () => {
  const child = spawn('sleep', ['600']);
  const pid = child.pid ?? 0;
  const startTime = readProcStat(pid)?.startTime ?? null;
  assert.ok(startTime !== null);
  assert.equal(isAlive(pid, startTime), true);
  assert.equal(isAlive(pid, startTime + 1), false, 'another process of the same pid');
  child.kill();
  await once(child, 'exit');
  assert.equal(isAlive(pid, startTime), false);
});
