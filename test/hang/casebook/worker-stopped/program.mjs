// hangs: stopped-by-signal
// standing: undecided
// root: child
// history: https://github.com/jestjs/jest/issues/13864
// cause: a worker was stopped, not killed: it neither answers nor ends, and the runner waits for one or the other
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const worker = join(process.env.TMPDIR, 'worker.mjs');
writeFileSync(
  worker,
  `process.on('message', () => {
    console.log('ready');
    process.kill(process.pid, 'SIGSTOP');
    process.send('passed');
  });`,
);
// What jest's own display of its progress does: so that something in the tree always moves.
setInterval(() => {}, 1_000);
const child = fork(worker);
child.send('run');
child.on('message', () => child.disconnect());
