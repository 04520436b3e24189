import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { installExecutable } from '../../src/retry/install-executable.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { conserved, outcomes, runShell, shellProject } from './project.ts';
import { runBin } from './run-bin.ts';

const BUSYBOX = '/usr/bin/busybox';
const IMAGE = 'localhost/pindown-busybox';

const scratch = scratchDirectory();

/** A podman with a storage of its own, and limits that a restricted root may set. */
const podman = await installExecutable(
  scratch,
  'podman-of-tests',
  `#!/bin/sh
export CONTAINERS_CONF='${scratch}/containers.conf'
exec podman --root '${scratch}/root' --runroot '${scratch}/runroot' --storage-driver vfs "$@"
`,
);

const call = (...args: readonly string[]): { status: number | null; words: string } => {
  const { status, stderr, error } = spawnSync(podman, args, { encoding: 'utf8', timeout: 60_000 });
  return { status, words: error?.message ?? stderr.trim().split('\n').at(-1) ?? '' };
};

/** Why no container can be run here; false where one can. */
function unable(): string | false {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync(BUSYBOX)) return `no ${BUSYBOX}`;
  const runc = existsSync('/usr/bin/runc') || existsSync('/usr/sbin/runc');
  writeFileSync(
    join(scratch, 'containers.conf'),
    `${runc ? '[engine]\nruntime = "runc"\n' : ''}[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n`,
  );
  if (call('version').status !== 0) return `no podman: ${call('version').words}`;
  importImage();
  const { status, words } = call('run', '--rm', '--network', 'none', IMAGE, '/bin/true');
  return status === 0 ? false : `podman can't run a container: ${words}`;
}

/** An image of nothing but a static busybox: no registry has to be reached. */
function importImage(): void {
  const bin = join(scratch, 'image', 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync(BUSYBOX, join(bin, 'busybox'));
  for (const name of ['sh', 'true', 'sleep', 'cat']) symlinkSync('busybox', join(bin, name));
  const tar = join(scratch, 'image.tar');
  spawnSync('tar', ['-C', join(scratch, 'image'), '-cf', tar, '.']);
  call('import', tar, IMAGE);
}

const skip = unable();
afterEach(() => {
  if (skip === false) call('rm', '--force', '--all');
});

test('units in containers of podman', { skip }, async () => {
  const dir = shellProject({
    'pindown.toml': `[isolation]\nkind = "container"\nimage = "${IMAGE}"\nengine = "${podman}"\nnetwork = "none"\n`,
    'u/failed.sh': 'echo why; exit 3',
    'u/hung.sh': 'exec sleep 600',
    // The file system is the image's, but for the project and the attempt's own directories.
    'u/passed.sh': '[ ! -e /usr ] && echo "$$" >inside && echo x >"$TMPDIR/x"',
  });
  const { status, report } = await runShell(dir, ['--timeout', '2']);
  assert.deepEqual(outcomes(report), {
    'u/failed.sh': 'failed',
    'u/hung.sh': 'hung',
    'u/passed.sh': 'passed',
  });
  assert.equal(status, 1);
  assert.ok(conserved(report));
  assert.match(readFileSync(join(dir, 'inside'), 'utf8'), /^\d\n$/);
  const failed = report.units.find(({ path }) => path === 'u/failed.sh');
  assert.equal(failed?.attempts[0]?.exitCode, 3);
  const left = spawnSync(podman, ['ps', '--all', '--quiet'], { encoding: 'utf8' });
  assert.equal(left.stdout, '');
});

test('an image without the program says so of each attempt', { skip }, async () => {
  const dir = shellProject({
    'pindown.toml': `[isolation]\nkind = "container"\nimage = "${IMAGE}"\nengine = "${podman}"\nnetwork = "none"\n[[suite]]\nframework = "command"\npatterns = ["u/*.sh"]\ncommand = ["python3", "{unit}"]\n`,
    'u/a.sh': '',
  });
  const ran = await runBin(dir, ['run']);
  assert.equal(ran.status, 6);
  assert.match(ran.stdout, /the image localhost\/pindown-busybox has no program "python3"/);
});
