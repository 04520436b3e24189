import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DescriptorKind, readDescriptors } from '../../../src/hang/observe/descriptors.ts';
import { remoteMountsIn } from '../../../src/hang/observe/fifo.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';

test('tells a FIFO from a file, a directory and a device', { skip: linux }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'pindown-kinds-'));
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(dir, 'fifo')]);
  const opened: [DescriptorKind, number][] = [
    ['fifo', openSync(join(dir, 'fifo'), constants.O_RDWR)],
    ['file', openSync(join(dir, 'file'), 'w')],
    ['device', openSync('/dev/null', 'r')],
  ];
  try {
    const { list } = readDescriptors(process.pid);
    for (const [kind, fd] of opened) assert.equal(list.find((one) => one.fd === fd)?.kind, kind);
  } finally {
    for (const [, fd] of opened) closeSync(fd);
    rmSync(dir, { recursive: true });
  }
});

test('knows which mounts have a server that may be away', () => {
  const mountinfo = [
    '22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
    '31 22 0:27 / /home rw,relatime shared:9 - nfs4 server:/home rw,vers=4.2',
    '40 22 0:33 / /mnt/a\\040b rw - fuse.sshfs me@there:/ rw,user_id=0',
    '',
  ];
  assert.deepEqual([...remoteMountsIn(mountinfo.join('\n'))], ['31', '40']);
});
