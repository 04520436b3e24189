import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { retryEtxtbsy, retryEtxtbsySync, spawnRetry } from 'pindown';

const child = await spawnRetry('sh', ['-c', 'exit 0'], { stdio: 'ignore' });
child.once('exit', (status) => console.assert(status === 0));

const { stdout } = await retryEtxtbsy(() => promisify(execFile)('echo', ['started']));
console.assert(stdout === 'started\n');

const text = retryEtxtbsySync(() => execFileSync('echo', ['started'], { encoding: 'utf8' }));
console.assert(text === 'started\n');
