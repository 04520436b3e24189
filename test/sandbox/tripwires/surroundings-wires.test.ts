import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { systemClock } from '../../../src/core/clock.ts';
import { type Trip, describeTrip } from '../../../src/core/trip.ts';
import { PortsWire } from '../../../src/sandbox/tripwires/ports-wire.ts';
import { RootsWire } from '../../../src/sandbox/tripwires/roots-wire.ts';
import { Tripwires } from '../../../src/sandbox/tripwires/tripwires.ts';
import type { Wire } from '../../../src/sandbox/tripwires/wire.ts';
import { WorldsWire } from '../../../src/sandbox/tripwires/worlds-wire.ts';
import { plainEnvironment } from '../../plain-environment.ts';
import { tickAfter } from '../../process/tick-after.ts';
import { emptyDirectory } from './git-project.ts';
import { attemptOf, during } from './watched.ts';

function watchBy(wire: Wire): { readonly wires: Tripwires; readonly told: Trip[] } {
  const told: Trip[] = [];
  const wires = new Tripwires([wire], { clock: systemClock, onTrip: (trip) => told.push(trip) });
  return { wires, told };
}

describe('new files in shared directories', () => {
  test('that are there at the end are laid at whoever ran when they came', async () => {
    const root = emptyDirectory();
    writeFileSync(join(root, 'old'), '');
    const around = watchBy(new RootsWire([root, root]));
    await during(around, 'a', () => {
      writeFileSync(join(root, 'stays'), '');
      writeFileSync(join(root, 'old'), 'changed');
      writeFileSync(join(root, 'goes'), '');
      mkdirSync(join(root, 'pd-other'));
    });
    await during(around, 'b', () => unlinkSync(join(root, 'goes')));
    assert.deepEqual(around.told, []);
    await around.wires.close();
    assert.deepEqual(around.told.map(describeTrip), [
      `${join(root, 'stays')} was created while only a ran`,
    ]);
  });

  test('that came while none of ours ran are not told', async () => {
    const root = emptyDirectory();
    const around = watchBy(new RootsWire([root]));
    await during(around, 'a', () => {});
    writeFileSync(join(root, 'x'), '');
    await around.wires.close();
    assert.deepEqual(around.told, []);
  });

  test('are told as 20 where they are 30', async () => {
    const root = emptyDirectory();
    const around = watchBy(new RootsWire([root]));
    await during(around, 'a', () => {
      for (let count = 0; count < 30; count += 1) writeFileSync(join(root, `f${count}`), '');
    });
    await around.wires.close();
    assert.equal(around.told.length, 20);
    assert.match(describeTrip(around.told.at(-1)!), /and 10 more were created while only a ran/);
  });

  test('a root that is not there is none', async () => {
    const around = watchBy(new RootsWire([join(emptyDirectory(), 'none')]));
    assert.deepEqual(around.wires.faults, []);
    await around.wires.close();
  });
});

describe('ports', () => {
  const SERVER = `require('node:net').createServer().listen(0, '127.0.0.1', function () {
    console.log(this.address().port);
  })`;

  test('that listen at the end are laid at whoever ran when their owner was started', async () => {
    const before = createServer().listen(0, '127.0.0.1');
    await once(before, 'listening');
    await tickAfter(process.pid);
    const around = watchBy(new PortsWire());
    await tickAfter(process.pid);
    const child = spawn(process.execPath, ['-e', SERVER], {
      env: plainEnvironment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const attempt = attemptOf('a');
      around.wires.enter(attempt);
      const [port] = (await once(child.stdout, 'data')) as [Buffer];
      await around.wires.leave(attempt);
      const own = createServer().listen(0, '127.0.0.1');
      await once(own, 'listening');
      await around.wires.close();
      own.close();
      assert.deepEqual(
        around.told.map(({ what }) => what),
        [`tcp 127.0.0.1:${String(port).trim()}`],
      );
      assert.equal(around.told[0]?.process?.pid, child.pid);
      assert.deepEqual(around.told[0]?.process?.parents[0]?.pid, process.pid);
    } finally {
      child.kill('SIGKILL');
      before.close();
    }
  });
});

describe('temporary directories of attempts', () => {
  const live = new Set<string>();
  const watched = (root: string): ReturnType<typeof watchBy> =>
    watchBy(new WorldsWire({ root, isLive: (name) => live.has(name) }));
  const make = (root: string, name: string): void => {
    live.add(name);
    mkdirSync(join(root, name));
  };

  for (const [title, remove] of [
    ['removed', (dir: string) => rmSync(dir, { recursive: true })],
    ['moved', (dir: string) => renameSync(dir, `${dir}-away`)],
    [
      'replaced',
      (dir: string) => {
        renameSync(dir, `${dir}-away`);
        mkdirSync(dir);
      },
    ],
  ] as const) {
    test(`${title} under a neighbour`, async () => {
      const root = emptyDirectory();
      const around = watched(root);
      const [a, b] = [attemptOf('a'), attemptOf('b')];
      for (const attempt of [a, b]) around.wires.enter(attempt);
      make(root, '1');
      // The wire has seen it before it goes.
      await during(around, 'c', () => {});
      remove(join(root, '1'));
      const [laid] = await around.wires.leave(b);
      assert.equal(laid?.trip.what, join(root, '1'));
      assert.equal(laid.trip.change, 'removed');
      assert.deepEqual([laid.own, laid.trip.running], [null, ['a', 'b']]);
      assert.equal(around.told.length, 1);
      await around.wires.leave(a);
      await around.wires.close();
    });
  }

  test('removed by their owner', async () => {
    const root = emptyDirectory();
    const around = watched(root);
    assert.deepEqual(
      await during(around, 'a', () => {
        make(root, '1');
        live.delete('1');
        rmSync(join(root, '1'), { recursive: true });
      }),
      [],
    );
    await around.wires.close();
  });
});
