import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installExecutable } from 'pindown';

const dir = mkdtempSync(join(tmpdir(), 'fake-git-'));
const git = await installExecutable(dir, 'git', '#!/bin/sh\necho "git version 0"\n');
console.assert(execFileSync(git, { encoding: 'utf8' }) === 'git version 0\n');
rmSync(dir, { recursive: true });
