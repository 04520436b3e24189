import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { installExecutable } from '../../src/retry/install-executable.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { BIN, binEnvironment, runBin } from './run-bin.ts';

const scratch = scratchDirectory();

function newProject(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

describe('what an error says', () => {
  test("repeats a framework's own words without what a terminal would obey", async () => {
    const dir = newProject({
      'package.json': '{"scripts": {"test": "mocha"}}',
      '.mocharc.cjs': String.raw`
process.stderr.write('\x1b[31mbroken\x1b[0m\x1b]0;title\x07 \x9b2J config\rhidden\x08\n\ttab\n');
process.exit(1);
`,
    });
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(dir, 'node_modules'), 'dir');
    const { status, stderr } = await runBin(dir, ['run']);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^error: mocha could not say .*\nbroken {1,2}config\nhidden\\u\{8\}\n {2}tab$/m,
    );
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(stderr, /[^\n\x20-\x7e]/);
  });

  test('advises a command that works for a framework that is too old', async () => {
    const dir = newProject({
      'package.json': '{"scripts": {"test": "jest"}}',
      'node_modules/jest/package.json': '{"name": "jest", "version": "28.1.3"}',
    });
    const bin = join(dir, 'node_modules/.bin');
    mkdirSync(bin);
    await installExecutable(bin, 'jest', '#!/bin/sh\necho ran the old one\n');
    const { status, stderr } = await runBin(dir, ['run']);
    assert.equal(status, 2);
    const [, selector = '', script = ''] = /pindown run (\S+) -- sh -c '(.*)'/.exec(stderr) ?? [];
    const advised = await runBin(dir, ['run', selector, '--', 'sh', '-c', script]);
    assert.equal(advised.status, 0, advised.stdout);
  });

  test('blames no defect where the machine has no more to give', async () => {
    const dir = newProject({ 'pindown.toml': '', 'u/a.sh': 'exit 0' });
    const run = ['run', 'u/*.sh', '--workers', '1000', '--', 'sh', '{unit}'];
    const limited = ['-c', 'ulimit -n 128; exec "$@"', 'sh', process.execPath, BIN, ...run];
    const { status, stderr } = spawnSync('sh', limited, {
      cwd: dir,
      env: binEnvironment,
      encoding: 'utf8',
    });
    assert.equal(status, 6);
    assert.match(
      stderr,
      /^error: This machine has no more of what Pindown needs: EMFILE \(.*\)\./m,
    );
    assert.match(stderr, /^Too many files are open: raise the limit \(ulimit -n\)/m);
    assert.doesNotMatch(stderr, /defect| at /);
  });
});
