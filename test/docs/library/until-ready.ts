import { createServer } from 'node:http';
import { untilReady } from 'pindown';

const server = createServer((_, response) => response.end('ready'));
const port = await new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : 0);
  });
});
const response = await untilReady((signal) => fetch(`http://127.0.0.1:${port}/`, { signal }), {
  withinMs: 5_000,
  what: 'the server',
});
console.assert((await response.text()) === 'ready');
server.close();
server.closeAllConnections();
