import type { HangClass } from './hang-class.ts';
import { isResting } from './idle.ts';
import { rootOfWait } from './scene.ts';

/** A thread is in the kernel and no signal gets through to it. */
export const uninterruptible: HangClass = {
  name: 'uninterruptible',
  title: 'a thread waits within the kernel, where no signal gets through',
  causes: [
    'A file system whose server is away (NFS, FUSE), or a disk that does not answer.',
    'A supervisor of system calls (seccomp, a sandbox, a debugger of memory) does not answer.',
    'A control group that is out of memory, with its killer turned off.',
  ],
  fixes: [
    'Look at the kernel function that it is in: it says which of these it is.',
    'Bring the server back or unmount by force (umount -f, -l). Even SIGKILL may wait.',
  ],
  decidedBy:
    'A thread was in state D in both looks, did not run in between and is in no call of vfork, which looks the same, while its process rests: that rules out a parent of vfork.',
  confusedWith: [
    {
      name: 'vfork-parent',
      toldApartBy: 'there it is in vfork(2), or in clone(2) with CLONE_VFORK.',
    },
    {
      name: 'frozen',
      toldApartBy: 'there its control group is frozen, which version 1 shows as state D as well.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy: 'a disk that is very slow shows the same; only a longer look tells.',
    },
  ],
  claim: (scene) =>
    scene.waits.flatMap((wait) => {
      if (wait.kind !== 'uninterruptible' || !isResting(scene, wait.thread.pid)) return [];
      const process = scene.seen.processes.get(wait.thread.pid);
      const thread = process?.threads.find(({ now }) => now.tid === wait.thread.tid);
      // A disk that is busy shows the same state for a moment: it must have lasted from look to look.
      if (thread?.before.state !== 'D') return [];
      const call = thread.now.syscall?.name;
      return [
        {
          root: rootOfWait(scene, wait, wait.place ?? null),
          confidence: 0.8,
          summary: `thread ${wait.thread.tid} of pid ${wait.thread.pid} ${wait.what}${call == null ? '' : `, called by ${call}`}`,
          decidedBy: [
            `it was in state D in both looks and did not run in between`,
            `the kernel has it in ${wait.place ?? 'a function that it does not show'}`,
          ],
          ruledOut: ['a parent of vfork, which looks the same: it is in no such call'],
          couldBe: ['a disk that is very slow: a longer look would tell'],
        },
      ];
    }),
};
