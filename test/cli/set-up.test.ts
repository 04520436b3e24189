import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { conserved, outcomes, runShell, shellProject } from './project.ts';

/** Listens on a UNIX socket, after a first refusal, until it is ended; then it says so. */
const SERVICE = `
const net = require('node:net'), fs = require('node:fs');
fs.writeFileSync('pid', String(process.pid));
const server = net.createServer((socket) => socket.end());
process.on('SIGTERM', () => { fs.writeFileSync('ended', ''); process.exit(0); });
setTimeout(() => server.listen(process.argv[2]), 100);
`;

const step = (settings: Readonly<Record<string, unknown>>): string =>
  `[[setup]]\nname = "db"\n${Object.entries(settings)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('')}`;

describe('[[setup]]', () => {
  test('a command is run before the first unit, in its directory', async () => {
    const dir = shellProject({
      'pindown.toml': step({ command: ['sh', '-c', 'echo made > made'], dir: 'u' }),
      'u/a.sh': 'test "$(cat u/made)" = made',
    });
    const { status, report } = await runShell(dir);
    assert.deepEqual(outcomes(report), { 'u/a.sh': 'passed' });
    assert.equal(status, 0);
  });

  test('a service is there while the units run, and ended after them', async () => {
    const dir = shellProject({
      'service.cjs': SERVICE,
      'pindown.toml': step({
        command: [process.execPath, 'service.cjs', 'sock'],
        service: true,
        ready: 'unix:sock',
      }),
      'u/a.sh': 'test -S sock && test ! -e ended && kill -0 "$(cat pid)"',
    });
    const { status, report, stderr } = await runShell(dir);
    assert.equal(status, 0, stderr);
    assert.deepEqual(outcomes(report), { 'u/a.sh': 'passed' });
    assert.ok(existsSync(join(dir, 'ended')));
    assert.throws(() => process.kill(Number(readFileSync(join(dir, 'pid'), 'utf8')), 0), /ESRCH/);
  });

  test('a step that fails is done again, and said', async () => {
    const dir = shellProject({
      'pindown.toml': step({
        command: ['sh', '-c', 'test -e tried || { touch tried; echo no room >&2; exit 3; }'],
      }),
      'u/a.sh': '',
    });
    const { status, stdout } = await runShell(dir);
    assert.equal(status, 0);
    assert.match(stdout, /db is set up again by set-up-failed: exit status 3: no room/);
  });

  test('one that goes on failing keeps every unit from being run: 6, each accounted for', async () => {
    const dir = shellProject({
      'pindown.toml': step({ command: ['sh', '-c', 'echo x >> tries; exit 3'] }),
      'u/a.sh': '',
      'u/b.sh': '',
    });
    const { status, report } = await runShell(dir);
    assert.equal(status, 6);
    assert.deepEqual(outcomes(report), { 'u/a.sh': 'cancelled', 'u/b.sh': 'cancelled' });
    assert.ok(conserved(report));
    assert.match(report.run.stopped ?? '', /the set-up step db failed: exit status 3/);
    assert.equal(readFileSync(join(dir, 'tries'), 'utf8'), 'x\nx\nx\n');
  });

  test('a service that never takes a connection is ended, by its limit', async () => {
    const dir = shellProject({
      'pindown.toml': step({
        command: ['sh', '-c', 'echo $$ >> pids; exec sleep 600'],
        service: true,
        ready: 'unix:sock',
        within: '200ms',
      }),
      'u/a.sh': '',
    });
    const { status, report } = await runShell(dir);
    assert.equal(status, 6);
    assert.match(report.run.stopped ?? '', /nobody took a connection at unix:sock within 200 ms/);
    for (const pid of readFileSync(join(dir, 'pids'), 'utf8').trim().split('\n')) {
      assert.throws(() => process.kill(Number(pid), 0), /ESRCH/);
    }
  });

  test('what a step leaves behind is ended and named', async () => {
    const dir = shellProject({
      'pindown.toml': step({ command: ['sh', '-c', 'sleep 600 > /dev/null 2>&1 &'] }),
      'u/a.sh': '',
    });
    const { status, stdout } = await runShell(dir);
    assert.equal(status, 0);
    assert.match(stdout, /the set-up step db left pid \d+ \(sleep 600\) behind; ended by/);
  });

  test('its output is kept with the run', async () => {
    const dir = shellProject({
      'pindown.toml': step({ command: ['sh', '-c', 'echo hello'] }),
      'u/a.sh': '',
    });
    const { report } = await runShell(dir);
    const kept = join(dir, '.pindown', 'runs', report.run.id, 'setup', 'db');
    const [first = ''] = readdirSync(kept);
    assert.equal(readFileSync(join(kept, first, 'stdout.log'), 'utf8'), 'hello\n');
  });
});
