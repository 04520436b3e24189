import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { withDirectory, writeFiles } from '../conformance.ts';
import { withVitestProject } from './with-project.ts';

type Death = readonly [paths: readonly string[], how: string];

const { onWorkerDeath } = (await import(
  new URL('../../../src/frameworks/vitest/worker-deaths.mjs', import.meta.url).href
)) as {
  readonly onWorkerDeath: (
    callback: (...death: Death) => void,
    onGiven: (paths: readonly string[], pid: number) => void,
  ) => void;
};

const deaths: Death[] = [];
const given: (readonly [paths: readonly string[], pid: number])[] = [];
onWorkerDeath(
  (...death) => deaths.push(death),
  (...gift) => given.push(gift),
);

/** Obeys what it is told. */
const WORKER = `
process.on('message', (message) => {
  if (message.type === 'run') process.send('running');
  if (message.type === 'leave') process.exit(message.status);
  if (message.type === 'die') process.kill(process.pid, 'SIGKILL');
});
`;

/** A worker that was given files, as Vitest gives them. */
async function workerWith(dir: string, files: readonly string[]): Promise<ChildProcess> {
  const worker = fork(join(dir, 'worker.cjs'));
  await once(worker, 'spawn');
  const context = { files: files.map((filepath) => ({ filepath })) };
  worker.send({ type: 'run', context: { files: [{ filepath: 'earlier' }] } });
  worker.send({ type: 'run', context });
  await once(worker, 'message');
  return worker;
}

test('a worker that ends untold is told of with the files that it was given last', async () => {
  await withDirectory(async (dir) => {
    await writeFiles(dir, { 'worker.cjs': WORKER });
    const killed = await workerWith(dir, ['a', 'b']);
    killed.send({ type: 'die' });
    await once(killed, 'close');
    const left = await workerWith(dir, ['c']);
    left.send({ type: 'leave', status: 0 });
    await once(left, 'close');
    const stopped = await workerWith(dir, ['d']);
    stopped.kill();
    await once(stopped, 'close');
    const idle = fork(join(dir, 'worker.cjs'));
    idle.send({ type: 'leave', status: 3 });
    await once(idle, 'close');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(given.slice(0, 2), [
      [['earlier'], killed.pid],
      [['a', 'b'], killed.pid],
    ]);
    assert.deepEqual(deaths, [
      [['a', 'b'], 'signal SIGKILL'],
      [['c'], 'exit code 0'],
    ]);
  });
});

test('a file whose worker died has died before the others have ended', async () => {
  const files = {
    'dies.test.ts': `
import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
test('dies', () => {
  writeFileSync('dying', '');
  process.kill(process.pid, 'SIGKILL');
});
`,
    'stays.test.ts': `
import { existsSync } from 'node:fs';
import { test } from 'vitest';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
test('stays', { timeout: 60_000 }, async () => {
  while (!existsSync('dying')) await pause(20);
  await pause(1_000);
});
`,
  };
  await withVitestProject(files, async ({ dir, run }) => {
    await run(['dies.test.ts', 'stays.test.ts']);
    const scratch = join(dir, '../scratch space');
    const [evidence] = readdirSync(scratch).filter((name) => name.endsWith('.evidence'));
    const ends = readFileSync(join(scratch, evidence!, 'results.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => /"type":"unit-(?:died|end)"/.test(line))
      .map((line) => JSON.parse(line) as { type: string; unit: string });
    assert.deepEqual(
      ends.map(({ type, unit }) => [type, relative(dir, unit)]),
      [
        ['unit-died', 'dies.test.ts'],
        ['unit-end', 'stays.test.ts'],
      ],
    );
  });
});
