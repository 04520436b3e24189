import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts a preview server in a process of its own, and says where it listens. */
export async function startPreview() {
  const server = spawn(
    process.execPath,
    [
      '-e',
      `require('node:http')
        .createServer((_, response) => response.end('preview'))
        .listen(0, '127.0.0.1', function () { process.stdout.write(String(this.address().port)); })`,
    ],
    // Its bug: detached, and nobody stops it.
    { detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [line] = await once(server.stdout, 'data');
  server.stdout.destroy();
  server.unref();
  return `http://127.0.0.1:${Number(line)}/`;
}
