import type { HangClass } from './hang-class.ts';
import { rootOfThread } from './root-of-thread.ts';
import { timeBound } from './time-bound.ts';
import { callText, missingFile, tracedCalls } from './traced-calls.ts';

/** A loop asks again and again whether a file is there. */
export const pollingForAFile: HangClass = {
  name: 'polling-for-a-file',
  title: 'a loop asks again and again for a file that is not there',
  causes: [
    'Who should have written the file has failed, or ended, without anybody telling the loop.',
    'The file is written to another directory, or under another name.',
  ],
  fixes: [
    'Look for who writes that file, and at its output.',
    'Let the loop fail after some time and name the file; let it also look whether the writer lives.',
  ],
  decidedBy:
    'While it was traced, a process that wakes again and again, does next to nothing and waits for nobody asked more than once for a file that is not there (ENOENT): that rules out a wait for anybody of its tree and mere timers.',
  confusedWith: [
    {
      name: 'timers-only',
      toldApartBy:
        'there the same process is claimed, too; what it asks for, only a trace of its calls tells.',
    },
    {
      name: 'syscall-spin',
      toldApartBy: 'there no pause lies between the calls, and the thread is busy.',
    },
  ],
  claim: (scene) =>
    timeBound(scene).flatMap(({ process, pace }) => {
      const missing = missingFile(tracedCalls(scene, process.pid));
      if (pace.kind !== 'polls' || missing === undefined) return [];
      const root = rootOfThread(scene, { pid: process.pid, tid: process.pid });
      const what = missing.target ?? 'a file whose name could not be read';
      const at = root.place === null ? '' : `, asked for at ${root.place}`;
      return [
        {
          root: { ...root, place: `${what}${at}` },
          confidence: missing.target === null ? 0.6 : 0.8,
          summary: `pid ${process.pid} (${process.now.commandLine}) asks again and again for ${what}, which is not there`,
          decidedBy: [
            `while it was traced: ${callText(missing)}`,
            `pid ${process.pid} wakes ${pace.rate.toFixed(1)} times a second, and ${pace.what}`,
          ],
          ruledOut: [
            'a wait for anybody of its tree: nobody of it does anything else',
            'mere timers: between two pauses it asks for the same file',
          ],
          couldBe: ['a file that somebody outside of the tree writes only later'],
          undecided: 'who is to write the file, and whether that one still works',
        },
      ];
    }),
};
