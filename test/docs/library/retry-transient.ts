import { once } from 'node:events';
import { createServer } from 'node:net';
import { isSystemFault, retryTransient } from 'pindown';

const server = await retryTransient(
  async () => {
    const fresh = createServer().listen(0, '127.0.0.1');
    await once(fresh, 'listening');
    return fresh;
  },
  {
    when: (error) => isSystemFault(error, { codes: ['EADDRINUSE'], calls: ['listen'] }),
    attempts: 5,
    deadlineMs: 2_000,
    pace: { baseMs: 20, factor: 2, capMs: 500, jitter: 'equal' },
    onRetry: ({ attempt, waitMs }) => console.error(`call ${attempt} failed, next in ${waitMs} ms`),
  },
);
server.close();
