import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseThreadDump } from '../../../src/hang/probes/jvm/thread-dump.ts';

const DUMP = `2026-01-02 03:04:05
Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6 mixed mode, sharing):

"Finalizer" #3 daemon prio=8 os_prio=0 cpu=0.22ms elapsed=4.42s tid=0x00007f35800f8030 nid=0x1f9b in Object.wait()  [0x00007f355c3e5000]
   java.lang.Thread.State: WAITING (on object monitor)
\tat java.lang.Object.wait(java.base@17.0.15/Native Method)
\t- waiting on <0x000000069dca0308> (a java.lang.ref.ReferenceQueue$Lock)
\tat java.lang.ref.ReferenceQueue.remove(java.base@17.0.15/ReferenceQueue.java:155)
\t- locked <0x000000069dca0308> (a java.lang.ref.ReferenceQueue$Lock)

   Locked ownable synchronizers:
\t- None

"a \\"quoted\\" #1 name" #12 prio=5 os_prio=0 cpu=0.52ms elapsed=2.48s tid=0x00007f35803ede00 nid=0x200d waiting on condition  [0x00007f354d7fc000]
   java.lang.Thread.State: WAITING (parking)
\tat jdk.internal.misc.Unsafe.park(java.base@17.0.15/Native Method)
\t- parking to wait for  <0x000000069e97b490> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)
\tat Locks.lambda$main$0(Locks.java:7)
\t- locked <0x000000069e97b420> (a java.lang.Object)

   Locked ownable synchronizers:
\t- <0x000000069e97b460> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)

"Thread-1" #13 [8206] prio=5 os_prio=0 cpu=0.24ms elapsed=2.44s tid=0x00007f35803eeef0 nid=8206 waiting for monitor entry  [0x00007f354d6fc000]
   java.lang.Thread.State: BLOCKED (on object monitor)
\tat app//Locks.take(Locks.java:8)
\t- waiting to lock <0x000000069e97b420> (a java.lang.Object)

Found one Java-level deadlock:
=============================
"Thread-0":
  waiting for ownable synchronizer 0x000000069e97b490, (a java.util.concurrent.locks.ReentrantLock$NonfairSync),
  which is held by "Thread-1"
"Thread-1":
  waiting to lock monitor 0x000000069e97b460, (a java.lang.Object),
  which is held by "Thread-0"

Java stack information for the threads listed above:
===================================================
"Thread-0":
\tat jdk.internal.misc.Unsafe.park(java.base@17.0.15/Native Method)

Found 1 deadlock.
`;

test('a dump of HotSpot: threads by the kernel’s ids, what they hold and what they wait for', () => {
  const { stacks, found } = parseThreadDump(`something before\n${DUMP}`);
  const [finalizer, waiter, blocked, ...more] = stacks;
  assert.deepEqual(more, []);
  assert.equal(finalizer?.tid, 0x1f9b);
  assert.equal(finalizer?.holds, undefined, 'a monitor is given back by Object.wait()');
  assert.equal(waiter?.name, String.raw`a \"quoted\" #1 name`);
  assert.equal(waiter?.state, 'WAITING (parking)');
  assert.equal(waiter?.waitsFor?.id, '0x000000069e97b490');
  assert.deepEqual(
    waiter?.holds?.map(({ id }) => id),
    ['0x000000069e97b420', '0x000000069e97b460'],
  );
  assert.deepEqual(waiter?.frames, [
    { function: 'jdk.internal.misc.Unsafe.park', file: null, line: null },
    { function: 'Locks.lambda$main$0', file: 'Locks.java', line: 7 },
  ]);
  assert.equal(blocked?.tid, 8206, 'decimal since JDK 19');
  assert.equal(blocked?.waitsFor?.kind, 'java.lang.Object');
  assert.deepEqual(found, ['Found one Java-level deadlock: Thread-0, Thread-1']);
});

test('of several dumps the last one counts, and a text without one has nothing', () => {
  assert.equal(parseThreadDump(DUMP.replaceAll('Locks', 'Old') + DUMP).stacks.length, 3);
  assert.deepEqual(parseThreadDump('nothing of the kind'), { stacks: [], found: [] });
});
