// hangs: mutual-read
// standing: named
// root: any
// history: https://github.com/jestjs/jest/issues/13183
// cause: a worker was killed in the middle of a test, as by the kernel for want of memory: nobody settles its promise, and the other workers wait for work
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(process.env.TMPDIR, 'worker.mjs');
writeFileSync(
  file,
  `process.on('message', (test) => {
    if (test === 'memory') process.kill(process.pid, 'SIGKILL');
    process.send('passed');
  });`,
);
const results = ['memory', 'other'].map((test) => {
  const { promise, resolve } = Promise.withResolvers();
  const worker = fork(file);
  worker.once('message', () => resolve(worker));
  worker.once('exit', () => console.log('ready'));
  worker.send(test);
  return promise;
});
for (const worker of await Promise.all(results)) worker.disconnect();
