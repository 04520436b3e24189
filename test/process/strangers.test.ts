import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, test } from 'node:test';
import { tickAfter } from './tick-after.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';

/** Says of each pid that it reads whether it is a stranger to it, and what it knows of it then. */
const JUDGE = `
  import { createInterface } from 'node:readline';
  import { readProcStat } from '${import.meta.resolve('../../src/process/proc-stat.ts')}';
  import { Strangers } from '${import.meta.resolve('../../src/process/strangers.ts')}';
  const strangers = Strangers.toThisProcess();
  console.log('"ready"');
  for await (const line of createInterface({ input: process.stdin })) {
    const [pid, forget] = JSON.parse(line);
    const stat = readProcStat(pid);
    const meets = strangers.meets(stat);
    if (forget) strangers.forgetTheDead(new Set([process.pid]));
    const later = { ...stat, startTime: stat.startTime + 1 };
    console.log(JSON.stringify([meets, strangers.knows(stat), strangers.knows(later)]));
  }
`;

/** On a line of input it starts a child, and that another one; their pids are its answer. */
const PARENT = `echo '"up"'; read go; sh -c 'sleep 600 & echo "[$$, $!]"; wait' & wait`;

const started: ChildProcess[] = [];

describe('Strangers', { skip: linux }, () => {
  afterEach(() => {
    for (const { pid } of started.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  });

  test('are the children of an older process that is no ancestor, and their children', async () => {
    const parent = await start('sh', '-c', PARENT);
    await tickAfter(parent.pid ?? 0);
    const judge = await start(process.execPath, '--input-type=module', '-e', JUDGE);
    const [child, grandchild] = (await ask(parent, 'go')) as number[];
    assert.deepEqual(await ask(judge, [child]), [true, true, false]);
    assert.deepEqual(await ask(judge, [grandchild]), [true, true, false]);
    assert.deepEqual(await ask(judge, [grandchild, 'forget']), [true, false, false]);
  });

  test('are neither the children of an ancestor, to whom orphans go, nor its own', async () => {
    const sibling = await start('sh', '-c', PARENT);
    await tickAfter(sibling.pid ?? 0);
    const judge = await start(process.execPath, '--input-type=module', '-e', JUDGE);
    assert.deepEqual(await ask(judge, [sibling.pid]), [false, false, false]);
    assert.deepEqual(await ask(judge, [judge.pid]), [false, false, false]);
  });

  test('are not the children of a younger process, which may be one of ours', async () => {
    const judge = await start(process.execPath, '--input-type=module', '-e', JUDGE);
    const parent = await start('sh', '-c', PARENT);
    const [child] = (await ask(parent, 'go')) as number[];
    assert.deepEqual(await ask(judge, [child]), [false, false, false]);
  });
});

/** Starts a process that leads its own group, and waits for its first line. */
async function start(command: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  await once(child.stdout, 'data');
  return child;
}

/** Writes a line and takes the answer. */
async function ask({ stdin, stdout }: ChildProcess, question: unknown): Promise<unknown> {
  assert.ok(stdin !== null && stdout !== null);
  const answer = once(stdout, 'data');
  stdin.write(`${JSON.stringify(question)}\n`);
  return JSON.parse(String(((await answer) as [Buffer])[0]));
}
