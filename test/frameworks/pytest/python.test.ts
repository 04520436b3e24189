import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import {
  interpreterOf,
  pythonCandidates,
  virtualEnvironmentOf,
} from '../../../src/frameworks/pytest/python.ts';
import { installExecutable } from '../../../src/retry/install-executable.ts';
import { withDirectory } from '../conformance.ts';

describe('the interpreter that a pytest script names', () => {
  const cases: readonly [why: string, head: string, expected: string | null][] = [
    ['pip', '#!/opt/app/bin/python3.11\n# -*- coding: utf-8 -*-\n', '/opt/app/bin/python3.11'],
    ['Debian', '#! /usr/bin/python3\n', '/usr/bin/python3'],
    ['with an option', '#!/usr/bin/python3 -sP\n', '/usr/bin/python3'],
    ['PyPy', '#!/opt/pypy/bin/pypy3\n', '/opt/pypy/bin/pypy3'],
    ['env', '#!/usr/bin/env python3\nimport sys\n', 'python3'],
    ['a long path', `#!/bin/sh\n'''exec' "/a long/bin/python" "$0" "$@"\n`, '/a long/bin/python'],
    ['a long path, bare', `#!/bin/sh\n'''exec' /long/bin/python "$0" "$@"\n`, '/long/bin/python'],
    ['a pyenv shim', '#!/usr/bin/env bash\nset -e\nprogram="${0##*/}"\n', null],
    ['a program', '\u007fELF\u0002\u0001', null],
    ['nothing', '', null],
  ];
  for (const [why, head, expected] of cases) {
    test(why, () => assert.equal(interpreterOf(head), expected));
  }
});

test('the project’s own environments come before what is on PATH', async () => {
  await withDirectory(async (dir) => {
    const onPath = await program(join(dir, 'b', 'python3'));
    const beside = await program(join(dir, 'shims', 'python3'));
    await program(join(dir, 'shims', 'pytest'), '#!/usr/bin/env bash\n');
    const dotted = await program(join(dir, 'project', '.venv', 'bin', 'python'));
    const plain = await program(join(dir, 'project', 'venv', 'bin', 'python'));
    const active = await program(join(dir, 'active', 'bin', 'python'));
    await writeFile(join(dir, 'b', 'python'), 'not executable');
    const PATH = [join(dir, 'b'), join(dir, 'shims')].join(':');
    const project = join(dir, 'project');

    assert.deepEqual(await pythonCandidates(project, { PATH, VIRTUAL_ENV: join(dir, 'active') }), [
      active,
      dotted,
      plain,
      beside,
      onPath,
    ]);
    assert.deepEqual(await pythonCandidates(dir, { PATH }), [beside, onPath]);
    assert.deepEqual(await pythonCandidates(dir, {}), []);
  });
});

test('a Python belongs to a virtual environment where pyvenv.cfg says so', async () => {
  await withDirectory(async (dir) => {
    const python = join(dir, 'bin', 'python');
    assert.equal(await virtualEnvironmentOf(python), null);
    await writeFile(join(dir, 'pyvenv.cfg'), 'home = /usr/bin\n');
    assert.equal(await virtualEnvironmentOf(python), dir);
  });
});

async function program(file: string, text = '#!/bin/sh\n'): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  return installExecutable(dirname(file), basename(file), text);
}
