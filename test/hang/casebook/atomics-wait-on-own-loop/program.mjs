// hangs: worker-or-atomics
// standing: named
// root: top
// history: https://github.com/deftai/directive/issues/1864
// cause: the main thread waits in Atomics.wait for a promise that only its own event loop could settle, time limit included
import { Worker } from 'node:worker_threads';

function runPromiseSync(promise) {
  const state = new Int32Array(new SharedArrayBuffer(4));
  promise.finally(() => {
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
  });
  Atomics.wait(state, 0, 0);
}

const worker = new Worker(
  `require('node:worker_threads').parentPort.postMessage('done');
  require('node:fs').writeSync(1, 'ready\\n');`,
  { eval: true },
);
const { promise, resolve, reject } = Promise.withResolvers();
worker.once('message', resolve);
setTimeout(() => reject(new Error('timed out')), 1_000);
runPromiseSync(promise);
