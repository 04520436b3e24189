import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseStatistics } from '../../../src/hang/observe/socket-statistics.ts';

/** As iproute2 6.1 prints them, cut to what matters. */
const LINES = [
  'u_str ESTAB  278    0               * 168         * 167  skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0) <->',
  'u_str ESTAB  0      213504          * 167         * 168  skmem:(r0,rb212992,t213504,tb212992,f0,w0,o0,bl0,d0) <->',
  'u_str ESTAB  0      0               * 174         * 0    skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0) <->',
  'u_str LISTEN 1      1      /tmp/a b.sock 173      * 0    skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0) <-> ino:2148014 dev:0/65024 peers: 174',
  'u_dgr ESTAB  0      0               * 169         * 0    skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0) <->',
  'tcp   ESTAB  0      0      127.0.0.1:57430 127.0.0.1:46525 ino:176 sk:10a2 cgroup:/ <-> skmem:(r0,rb131072,t0,tb3939840,f0,w0,o0,bl0,d0) ts sack bbr bytes_sent:70 bytes_acked:71 lastsnd:8 lastrcv:8 lastack:8',
  'tcp   ESTAB  0      0      127.0.0.1:57431 127.0.0.1:46525 ino:177 sk:10a3 <-> bytes_sent:70 bytes_received:20 lastsnd:800 lastrcv:90 lastack:90',
  'tcp   ESTAB  0      0      127.0.0.1:57432 127.0.0.1:46525 ino:178 sk:10a4 <-> bytes_sent:70 bytes_received:20 lastsnd:90 lastrcv:800 lastack:90',
];

describe('parseStatistics', () => {
  const { unix, traffic } = parseStatistics(LINES.join('\n'));
  const byInode = new Map(unix.map((socket) => [socket.inode, socket]));

  test('finds the other end of a pair, what is unread in it, and that no more fits', () => {
    assert.equal(byInode.get(168)?.peer, 167);
    assert.equal(byInode.get(168)?.unread, 278);
    assert.equal(byInode.get(168)?.isFull, false);
    assert.equal(byInode.get(167)?.isFull, true);
  });

  test('finds the listening socket, path and all, that has not accepted a connection', () => {
    assert.equal(byInode.get(174)?.pendingAt, 173);
    assert.equal(byInode.get(173)?.name, '/tmp/a b.sock');
    assert.equal(byInode.get(173)?.state, 'listening');
    // What is in its queue are connections, not bytes.
    assert.equal(byInode.get(173)?.unread, 0);
  });

  test('knows a datagram socket without a name and without a peer', () => {
    const { isDatagram, isNamed, peer } = byInode.get(169) ?? {};
    assert.deepEqual(
      { isDatagram, isNamed, peer },
      { isDatagram: true, isNamed: false, peer: null },
    );
  });

  test('tells by TCP who spoke last, also right after the connection', () => {
    assert.deepEqual(traffic.get(176), { receivedMs: 8, spokeLast: true });
    assert.deepEqual(traffic.get(177), { receivedMs: 90, spokeLast: false });
    assert.deepEqual(traffic.get(178), { receivedMs: 800, spokeLast: true });
  });

  test('takes a line that it does not know for none', () => {
    assert.deepEqual(parseStatistics('nl UNCONN 0 0 rtnl:kernel *\n\n'), {
      unix: [],
      traffic: new Map(),
    });
  });
});
