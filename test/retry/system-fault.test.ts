import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { isSystemFault } from '../../src/retry/system-fault.ts';
import { refused } from './stepped-time.ts';

const NOT_LISTENING = { codes: ['ECONNREFUSED', 'ENOENT'], calls: ['connect'] };
const BUSY = { codes: ['ETXTBSY'], calls: ['spawn', 'spawnSync'] };

const connectRefused = refused('ECONNREFUSED', 'connect');

const group = (...errors: readonly Error[]) =>
  Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });

const wrapped = (cause: unknown, code?: string) =>
  Object.assign(new Error('fetch failed', { cause }), code === undefined ? {} : { code });

test('a fault is its code and its call', () => {
  assert.equal(isSystemFault(connectRefused, NOT_LISTENING), true);
  assert.equal(isSystemFault(refused('ENOENT', 'connect'), NOT_LISTENING), true);
  assert.equal(isSystemFault(refused('ENOENT', 'open'), NOT_LISTENING), false);
  assert.equal(isSystemFault(refused('EACCES', 'connect'), NOT_LISTENING), false);
});

test('the call is the first word of what Node says of it', () => {
  assert.equal(isSystemFault(refused('ETXTBSY', 'spawnSync /bin/open'), BUSY), true);
  assert.equal(isSystemFault(refused('ETXTBSY', 'open spawn'), BUSY), false);
  assert.equal(isSystemFault(refused('ETXTBSY', ''), BUSY), false);
});

test('a group of errors is the fault where each of them is', () => {
  assert.equal(isSystemFault(group(connectRefused, connectRefused), NOT_LISTENING), true);
  assert.equal(
    isSystemFault(group(connectRefused, refused('ETIMEDOUT', 'connect')), NOT_LISTENING),
    false,
  );
  assert.equal(isSystemFault(group(), NOT_LISTENING), false);
});

test('a cause counts where the error has no code, or that very one without its call', () => {
  assert.equal(isSystemFault(wrapped(connectRefused), NOT_LISTENING), true);
  assert.equal(isSystemFault(wrapped(wrapped(connectRefused)), NOT_LISTENING), true);
  assert.equal(isSystemFault(wrapped(refused('ETXTBSY', 'spawn'), 'ETXTBSY'), BUSY), true);
  // An assertion about a connection that was refused.
  assert.equal(isSystemFault(wrapped(connectRefused, 'ERR_ASSERTION'), NOT_LISTENING), false);
});

test('what only speaks of the fault is not it', () => {
  assert.equal(isSystemFault(new Error('spawn ETXTBSY'), BUSY), false);
  assert.equal(isSystemFault({ code: 'ETXTBSY', syscall: 'spawn' }, BUSY), false);
  assert.equal(isSystemFault('ETXTBSY', BUSY), false);
  assert.equal(isSystemFault(Object.assign(new Error(), { code: 'ETXTBSY' }), BUSY), false);
});

test('an error that is its own cause comes to an end', () => {
  const error = new Error('round and round');
  error.cause = error;
  assert.equal(isSystemFault(error, BUSY), false);
});

test('fetch and a port that nobody listens on', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  const error: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((fault: unknown) => fault);
  assert.equal(isSystemFault(error, NOT_LISTENING), true);
});
