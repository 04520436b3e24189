import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { describeListening, listeningSockets } from '../../src/process/listening.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';

describe('listeningSockets', { skip: linux }, () => {
  for (const [host, shown] of [
    ['127.0.0.1', 'tcp 127.0.0.1'],
    ['::1', 'tcp6 [::1]'],
    ['::ffff:127.0.0.2', 'tcp6 [::ffff:7f00:2]'],
  ] as const) {
    test(`shows a server on ${host}, and no longer once it is closed`, async (t) => {
      const server = createServer();
      server.listen(0, host);
      const up = await Promise.race([
        once(server, 'listening').then(() => true),
        once(server, 'error').then(() => false),
      ]);
      if (!up) return t.skip(`${host} can't be had here`);
      const text = `${shown}:${(server.address() as AddressInfo).port}`;
      assert.ok(listeningSockets().map(describeListening).includes(text), text);
      server.close();
      await once(server, 'close');
      assert.ok(!listeningSockets().map(describeListening).includes(text), text);
    });
  }

  test('shows a socket that takes datagrams, and none that is connected', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const datagrams = createSocket('udp4').bind(0, '127.0.0.1');
    await once(datagrams, 'listening');
    const shown = listeningSockets('self').filter(({ port: other }) => other === port);
    assert.equal(shown.length, 1);
    const text = `udp 127.0.0.1:${datagrams.address().port}`;
    assert.ok(listeningSockets().map(describeListening).includes(text), text);
    server.close();
    datagrams.close();
  });
});
