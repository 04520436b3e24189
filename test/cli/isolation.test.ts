import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { namespaceWay } from '../../src/sandbox/isolation/namespace/open-namespaces.ts';
import { fileAppears } from '../sandbox/isolation/file-appears.ts';
import { FakeEngine } from '../sandbox/isolation/fake-engine.ts';
import { conserved, outcomes, runShell, shellProject } from './project.ts';
import { noticesOf } from './public-cases/git-case.ts';
import { BIN, binEnvironment, runBin } from './run-bin.ts';

const way = namespaceWay();
const skip = typeof way === 'string' ? `no namespaces here: ${way}` : false;

const containerConfig = (engine: FakeEngine): string =>
  `[isolation]\nkind = "container"\nimage = "the-image"\nengine = "${engine.program}"\n`;

test('units in namespaces: what each came to, and what it left, by name', { skip }, async () => {
  const dir = shellProject({
    'pindown.toml': '[isolation]\nkind = "namespace"\n',
    'u/died.sh': 'kill -KILL $$',
    'u/left.sh':
      'env -i setsid sleep 600 </dev/null >/dev/null 2>&1 & until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done',
    'u/passed.sh': '[ -e "$TMPDIR" ] && echo x >"$TMPDIR/x"',
  });
  const { status, stderr, report } = await runShell(dir, ['--tier', 'group']);
  assert.equal(status, 1);
  assert.match(stderr, /^isolation namespace: by /m);
  assert.deepEqual(outcomes(report), {
    'u/died.sh': 'crashed',
    'u/left.sh': 'leaked',
    'u/passed.sh': 'passed',
  });
  assert.ok(conserved(report));
  assert.equal(report.run.isolation, 'namespace');
  const left = report.units.find(({ path }) => path === 'u/left.sh');
  const leaks = left?.attempts[0]?.leaks ?? [];
  assert.deepEqual(
    leaks.map(({ command }) => command),
    ['sleep 600'],
  );
  assert.deepEqual(leaks[0]?.foundBy, ['pid namespace']);
});

test('units in containers, where an engine has been told to', async () => {
  const engine = await FakeEngine.make();
  const dir = shellProject({
    'pindown.toml': containerConfig(engine),
    'u/failed.sh': 'echo why; exit 3',
    'u/passed.sh': 'exit 0',
  });
  const { status, report } = await runShell(dir);
  assert.equal(status, 1);
  assert.deepEqual(outcomes(report), { 'u/failed.sh': 'failed', 'u/passed.sh': 'passed' });
  // A container's predecessor is looked for before anything else is done for its attempt.
  for (const { id } of report.units.flatMap(({ attempts }) => attempts)) {
    const about = engine
      .calls()
      .filter((words) => words[0] !== 'container' && words.some((word) => word.includes(id)))
      .map(([verb]) => verb);
    assert.deepEqual(about.slice(0, 3), ['ps', 'create', 'start']);
  }
});

test('an engine that does not answer is an error before anything is run', async () => {
  const engine = await FakeEngine.make({ refuses: 'Cannot connect to the daemon' });
  const dir = shellProject({ 'pindown.toml': containerConfig(engine), 'u/a.sh': 'exit 0' });
  const ran = await runBin(dir, ['run', 'u/*.sh', '--', 'sh', '{unit}']);
  assert.equal(ran.status, 6);
  assert.match(ran.stderr, /error: .*engine says: Cannot connect to the daemon/);
  assert.deepEqual(readdirSync(join(dir, '.pindown', 'runs')), []);
  const doctor = await runBin(dir, ['doctor', '--json']);
  assert.equal(doctor.status, 6);
  const { findings } = JSON.parse(doctor.stdout) as { findings: { name: string; state: string }[] };
  assert.equal(findings.find(({ name }) => name === 'container')?.state, 'bad');
});

test('a container needs an image', async () => {
  const dir = shellProject({
    'pindown.toml': '[isolation]\nkind = "container"\n',
    'u/a.sh': 'exit 0',
  });
  const ran = await runBin(dir, ['run', 'u/*.sh', '--', 'sh', '{unit}']);
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /needs an image/);
});

test('what a killed Pindown left in a container is removed on the next start', async () => {
  const engine = await FakeEngine.make();
  const dir = shellProject({
    'pindown.toml': containerConfig(engine),
    'u/a.sh': ': >begun; exec sleep 600',
  });
  const args = [BIN, 'run', 'u/*.sh', '--', 'sh', '{unit}'];
  const child = spawn(process.execPath, args, { cwd: dir, env: binEnvironment, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await fileAppears(join(dir, 'begun'), ended);
  child.kill('SIGKILL');
  await ended;
  const containers = (): string[] =>
    readdirSync(engine.dir).filter((name) => name.endsWith('.container.json'));
  assert.equal(containers().length, 1);
  const { status, report } = await runShell(dir, ['--timeout', '1']);
  assert.equal(status, 5);
  assert.deepEqual(containers(), []);
  assert.ok(
    noticesOf(dir, report).some(
      ({ code, message }) =>
        code === 'left-by-earlier-run' && message.includes(`removed by ${engine.program}`),
    ),
  );
});
