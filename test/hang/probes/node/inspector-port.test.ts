import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { armedInspector, listeningPorts } from '../../../../src/hang/probes/node/inspector-port.ts';
import { plainEnvironment } from '../../../plain-environment.ts';

const SERVER = `
  const server = require('node:http').createServer().listen(0, '127.0.0.1', () => {
    console.log(server.address().port);
  });`;

/** Runs a server, with the port that it says and what Node says on stderr before. */
async function withServer(
  options: readonly string[],
  use: (server: { readonly pid: number; readonly port: number; readonly said: string }) => void,
): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [...options, '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: plainEnvironment,
  });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  try {
    assert.ok(child.stdout !== null && child.pid !== undefined);
    const [data] = (await once(child.stdout, 'data')) as [Buffer];
    use({ pid: child.pid, port: Number(data), said });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

const skip = process.platform === 'linux' ? false : 'there is no /proc';

test("a program's own server is taken for no inspector", { skip }, () =>
  withServer(['--inspect-port=0'], ({ pid, port }) => {
    assert.deepEqual(listeningPorts(pid), [{ host: '127.0.0.1', port }]);
    assert.equal(armedInspector(pid), null);
  }),
);

test('an inspector that was asked for at the start is found beside it', { skip }, () =>
  withServer(['--inspect=127.0.0.1:0'], ({ pid, port, said }) => {
    const inspector = Number(/ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]);
    assert.notEqual(inspector, port);
    assert.deepEqual(armedInspector(pid), { host: '127.0.0.1', port: inspector });
  }),
);
