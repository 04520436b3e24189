import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causesFirst } from '../../src/hang/causes-first.ts';
import type { Claim, Scene } from '../../src/hang/classes/hang-class.ts';
import { mayProgress } from '../../src/hang/graph/may-progress.ts';
import { waitGraph } from '../../src/hang/graph/root-blocker.ts';
import type { Wait } from '../../src/hang/graph/wait.ts';
import { waitOf } from './graph/wait-graphs.ts';

/** 1 waits for the end of 2, which waits for 3, whose two threads wait for each other. */
const STUCK: readonly Wait[] = [
  waitOf(1, 1, [{ kind: 'end', pid: 2, via: '' }]),
  waitOf(2, 2, [{ kind: 'process', pid: 3, via: '' }]),
  waitOf(3, 3, [{ kind: 'thread', pid: 3, tid: 4, via: '' }]),
  waitOf(3, 4, [{ kind: 'thread', pid: 3, tid: 3, via: '' }]),
];

describe('causesFirst', () => {
  test('the end of a chain comes before what is surer and only waits for it', () => {
    assert.deepEqual(order(STUCK, [claim(1, 0.97), claim(2, 0.9), claim(3, 0.6)]), [3, 1, 2]);
  });

  test('among the members of a circle the surer one comes first', () => {
    assert.deepEqual(order(STUCK, [claim(3, 0.7), claim(4, 0.8)]), [4, 3]);
  });

  test('a guess makes nothing its consequence', () => {
    assert.deepEqual(order(STUCK, [claim(1, 0.97), claim(3, 0.55)]), [1, 3]);
  });

  test('who may still go on is no cause', () => {
    const open = STUCK.map((wait) =>
      wait.thread.pid === 3 ? { ...wait, sources: [{ kind: 'time', via: '' } as const] } : wait,
    );
    assert.deepEqual(order(open, [claim(1, 0.97), claim(3, 0.9)]), [1, 3]);
  });

  test('a claim that tells of a waiter follows from what its holder waits for', () => {
    const held: Claim = { ...claim(3, 0.95), waiter: { pid: 2, tid: 2 } };
    assert.deepEqual(
      causesFirst(sceneOf(STUCK), [held, claim(3, 0.85)]).map(({ confidence }) => confidence),
      [0.85, 0.95],
    );
  });
});

function order(waits: readonly Wait[], claims: readonly Claim[]): (number | undefined)[] {
  return causesFirst(sceneOf(waits), claims).map(({ root }) => root.thread?.tid);
}

function claim(tid: number, confidence: number): Claim {
  const thread = { pid: Math.min(tid, 3), tid };
  return {
    root: { pid: thread.pid, command: '', thread, fd: null, place: null },
    confidence,
    summary: '',
    decidedBy: [],
    ruledOut: [],
    couldBe: [],
  };
}

function sceneOf(waits: readonly Wait[]): Scene {
  return {
    seen: {
      root: 1,
      windowMs: 500,
      processes: new Map(),
      cameOrWent: [],
      holders: { byTarget: new Map(), hidden: [] },
      sockets: { byInode: new Map(), missing: [] },
      locks: [],
      missing: [],
    },
    waits,
    progress: mayProgress(waits, new Set()),
    graph: waitGraph(waits),
  };
}
