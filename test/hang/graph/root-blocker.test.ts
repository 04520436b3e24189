import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { waitGraph } from '../../../src/hang/graph/root-blocker.ts';
import type { Wait } from '../../../src/hang/graph/wait.ts';
import { waitLists, waitOf } from './wait-graphs.ts';

describe('waitGraph', () => {
  test('the end of a chain is its root', () => {
    const last = waitOf(3, 102, [{ kind: 'outside', pid: null, via: '' }]);
    const middle = waitOf(2, 101, [{ kind: 'end', pid: 3, via: '' }]);
    const first = waitOf(1, 100, [{ kind: 'end', pid: 2, via: '' }]);
    const graph = waitGraph([first, middle, last]);
    assert.deepEqual(graph.roots, [[last]]);
    assert.ok(graph.waitsFor(first, last));
    assert.ok(!graph.waitsFor(last, first));
  });

  test('a circle is one root, and who waits for it is none', () => {
    const one = waitOf(1, 100, [{ kind: 'thread', pid: 1, tid: 101, via: '' }]);
    const other = waitOf(1, 101, [{ kind: 'thread', pid: 1, tid: 100, via: '' }]);
    const beside = waitOf(1, 102, [{ kind: 'thread', pid: 1, tid: 100, via: '' }]);
    const parent = waitOf(2, 103, [{ kind: 'end', pid: 1, via: '' }]);
    const graph = waitGraph([parent, one, other, beside]);
    assert.deepEqual(graph.roots, [[one, other]]);
    assert.ok(!graph.waitsFor(one, other));
    assert.ok(graph.waitsFor(parent, other));
  });

  test('two chains have two roots', () => {
    const [one, other] = [waitOf(1, 100, []), waitOf(2, 101, [])];
    assert.deepEqual(waitGraph([one, other]).roots, [[one], [other]]);
  });

  test('500 threads that wait for their own process are one circle', () => {
    const waits = Array.from({ length: 500 }, (_, index) =>
      waitOf(1, 100 + index, [{ kind: 'process', pid: 1, via: '' }]),
    );
    assert.equal(waitGraph(waits).roots[0]?.length, 500);
  });

  test('a chain of 20,000 takes no stack', () => {
    const waits = Array.from({ length: 20_000 }, (_, index) =>
      waitOf(1, 100 + index, [{ kind: 'thread', pid: 1, tid: 101 + index, via: '' }]),
    );
    assert.deepEqual(waitGraph(waits).roots, [waits.slice(-1)]);
  });

  test('every wait leads to a root', () => {
    fc.assert(
      fc.property(waitLists, (waits) => {
        const graph = waitGraph(waits);
        const roots = new Set(graph.roots.flat());
        for (const wait of waits) {
          assert.ok(
            graph.behind(wait).some((one) => roots.has(one)),
            wait.what,
          );
        }
      }),
    );
  });

  test('nobody outside of a root is waited for by it', () => {
    fc.assert(
      fc.property(waitLists, (waits) => {
        const graph = waitGraph(waits);
        for (const root of graph.roots) {
          for (const wait of root) {
            assert.deepEqual(new Set(graph.behind(wait)), new Set(root));
          }
        }
      }),
    );
  });

  test('who leads to some are exactly those behind whom one of them is', () => {
    fc.assert(
      fc.property(waitLists, fc.nat(), (waits, at) => {
        const graph = waitGraph(waits);
        const targets = waits.filter((_wait, index) => index % 3 === at % 3);
        const leading = graph.leadingTo(targets);
        for (const wait of waits) {
          const isBehind = graph.behind(wait).some((one) => targets.includes(one));
          assert.equal(leading.has(wait), isBehind, wait.what);
        }
      }),
    );
  });

  test('one waits for another exactly where it leads there and no way leads back', () => {
    fc.assert(
      fc.property(waitLists, (waits) => {
        const graph = waitGraph(waits);
        const leads = (from: Wait, to: Wait): boolean => graph.behind(from).includes(to);
        for (const one of waits) {
          for (const other of waits) {
            const isOneWay = leads(one, other) && !leads(other, one);
            assert.equal(graph.waitsFor(one, other), isOneWay);
          }
        }
      }),
    );
  });
});
