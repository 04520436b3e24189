import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mayProgress } from '../../../src/hang/graph/may-progress.ts';
import type { Source, Wait } from '../../../src/hang/graph/wait.ts';
import { outer, source, waitLists, waitOf } from './wait-graphs.ts';

const NOBODY: ReadonlySet<number> = new Set();

describe('mayProgress', () => {
  test('two that wait for each other are stuck, and who waits for them is', () => {
    const waits = [
      waitOf(1, 100, [{ kind: 'thread', pid: 1, tid: 101, via: '' }]),
      waitOf(1, 101, [{ kind: 'thread', pid: 1, tid: 100, via: '' }]),
      waitOf(2, 102, [{ kind: 'end', pid: 1, via: '' }]),
    ];
    assert.deepEqual(mayProgress(waits, NOBODY).stuck, waits);
  });

  test('a time at the end of a chain lets all of it go on', () => {
    const waits = [
      waitOf(1, 100, [{ kind: 'end', pid: 2, via: '' }]),
      waitOf(2, 101, [{ kind: 'process', pid: 3, via: '' }]),
      waitOf(3, 102, [{ kind: 'time', via: '' }]),
    ];
    assert.deepEqual(mayProgress(waits, NOBODY).stuck, []);
  });

  test('one who waits for the end of a process that has ended may go on', () => {
    const waits = [waitOf(1, 100, [{ kind: 'end', pid: 2, via: '' }])];
    assert.equal(mayProgress(waits, NOBODY).stuck.length, 1);
    assert.equal(mayProgress(waits, new Set([2])).stuck.length, 0);
  });

  test('one thread of a process that goes on is enough for who waits for the process', () => {
    const waits = [
      waitOf(1, 100, [{ kind: 'process', pid: 2, via: '' }]),
      waitOf(2, 101, []),
      waitOf(2, 102, [{ kind: 'outside', pid: 9, via: '' }]),
    ];
    assert.deepEqual(mayProgress(waits, NOBODY).stuck, [waits[1]]);
  });

  test('of one thread only that thread will do', () => {
    const waits = [
      waitOf(1, 100, [{ kind: 'thread', pid: 2, tid: 101, via: '' }]),
      waitOf(2, 101, []),
      waitOf(2, 102, [{ kind: 'time', via: '' }]),
    ];
    assert.deepEqual(mayProgress(waits, NOBODY).stuck, [waits[0], waits[1]]);
  });

  test('one more source never makes more of them stuck', () => {
    fc.assert(
      fc.property(waitLists, fc.nat(), source, (waits, at, added) => {
        const changed = waits.map((wait, index) =>
          index === at % waits.length ? withSource(wait, added) : wait,
        );
        const before = stuckTids(waits);
        for (const tid of stuckTids(changed)) assert.ok(before.has(tid), String(tid));
      }),
    );
  });

  test('what is not known, timed, outside or there always may', () => {
    fc.assert(
      fc.property(waitLists, fc.nat(), outer, (waits, at, added) => {
        const index = at % waits.length;
        const changed = waits.map((wait, own) => (own === index ? withSource(wait, added) : wait));
        assert.ok(!stuckTids(changed).has(100 + index));
      }),
    );
  });

  test('it does not matter in which order they are told', () => {
    fc.assert(
      fc.property(waitLists, (waits) => {
        assert.deepEqual(stuckTids(waits.toReversed()), stuckTids(waits));
      }),
    );
  });

  test('nobody who is stuck has a source that may go on', () => {
    fc.assert(
      fc.property(waitLists, (waits) => {
        const { may, stuck } = mayProgress(waits, NOBODY);
        const pids = new Set([...may.keys()].map(({ thread }) => thread.pid));
        const tids = new Set([...may.keys()].map(({ thread }) => thread.tid));
        for (const { sources } of stuck) {
          for (const one of sources) assert.ok(!goesOn(one, pids, tids), JSON.stringify(one));
        }
      }),
    );
  });

  test('it is the least: who may has a chain of sources to one that ends by itself', () => {
    fc.assert(
      fc.property(waitLists, (waits) => {
        const { may } = mayProgress(waits, NOBODY);
        for (const wait of may.keys()) assert.ok(leadsOut(wait, waits), wait.what);
      }),
    );
  });
});

function withSource(wait: Wait, added: Source): Wait {
  return { ...wait, sources: [...wait.sources, added] };
}

function stuckTids(waits: readonly Wait[]): Set<number> {
  return new Set(
    mayProgress(waits, NOBODY)
      .stuck.map(({ thread }) => thread.tid)
      .toSorted((a, b) => a - b),
  );
}

function goesOn(one: Source, pids: ReadonlySet<number>, tids: ReadonlySet<number>): boolean {
  switch (one.kind) {
    case 'process':
    case 'end':
      return pids.has(one.pid);
    case 'thread':
      return tids.has(one.tid);
    case 'outside':
    case 'time':
    case 'ready':
    case 'unknown':
      return true;
  }
}

function leadsOut(start: Wait, waits: readonly Wait[]): boolean {
  const met = new Set([start]);
  for (const { sources } of met) {
    for (const one of sources) {
      if (one.kind === 'process' || one.kind === 'end') {
        for (const next of waits) if (next.thread.pid === one.pid) met.add(next);
      } else if (one.kind === 'thread') {
        for (const next of waits) if (next.thread.tid === one.tid) met.add(next);
      } else {
        return true;
      }
    }
  }
  return false;
}
