import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { observe } from '../../../src/hang/observe/observation.ts';
import { ask } from '../../../src/hang/probes/ask.ts';
import type { Finding } from '../../../src/hang/probes/probe.ts';
import { armedFaulthandler } from '../../../src/hang/probes/python/armed-faulthandler.ts';
import { plainEnvironment } from '../../plain-environment.ts';

/** What arms, word for word, so that both sides keep to the same signal and the same name. */
const RUN = readFileSync(
  join(import.meta.dirname, '../../../src/frameworks/pytest/run.py'),
  'utf8',
);
const ARM = /^STACKS_SIGNAL.*?(?=^def main)/ms.exec(RUN)?.[0] ?? '';

const HANGS = `
import faulthandler, os, threading
${ARM}
def waits_for_ever():
    lock = threading.Lock()
    lock.acquire()
    print('ready', flush=True)
    lock.acquire()
`;

/** Asks a Python that runs this and says \`ready\`. */
async function asked(script: string): Promise<{ findings: Finding[]; isAlive: boolean }> {
  const child = spawn('python3', ['-c', script], {
    env: plainEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    const seen = await observe(() => [child.pid ?? 0], 50);
    const findings = await ask(seen, ['may-interrupt-calls'], [armedFaulthandler]);
    return { findings, isAlive: child.exitCode === null && child.signalCode === null };
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null) await once(child, 'close');
  }
}

test('a Python that was armed tells where its threads are, and goes on', async () => {
  const { findings, isAlive } = await asked(`${HANGS}\narm()\nwaits_for_ever()\n`);
  const [finding] = findings;
  assert.equal(finding?.missing, null);
  assert.equal(finding.stacks[0]?.frames[0]?.function, 'waits_for_ever');
  assert.equal(isAlive, true);
});

test('one that was not armed is left alone: the signal would be its end', async () => {
  const { findings, isAlive } = await asked(`${HANGS}\nwaits_for_ever()\n`);
  assert.deepEqual(findings, []);
  assert.equal(isAlive, true);
});

test('nor one whose descriptor was closed: another file may have its number', async () => {
  const closing = `arm()\nos.closerange(3, 64)\n`;
  const { findings } = await asked(`${HANGS}\n${closing}\nwaits_for_ever()\n`);
  assert.deepEqual(findings, []);
});
