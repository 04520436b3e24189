import type { HangClass } from './hang-class.ts';
import { isStuck, rootOfWait, waitsOfProcess } from './scene.ts';

/** A writer blocked in a full pipe whose readers wait for something else. */
export const pipeBackPressure: HangClass = {
  name: 'pipe-back-pressure',
  title: 'a pipe is full, and who should read it waits for something else',
  causes: [
    'A parent waits for the end of its child and reads the output only afterwards; the child has more to say than the pipe holds (64 KiB on Linux).',
    'One of two pipes is read to its end while the other one fills up.',
  ],
  fixes: [
    "Read the output while the child runs (communicate(), execFile, streams with 'data' handlers).",
    'Let the child write into a file, and read that afterwards.',
  ],
  claim(scene) {
    return scene.waits
      .filter((wait) => wait.kind === 'pipe-write' && isStuck(scene, wait))
      .flatMap((wait) => {
        const reader = wait.sources.find((source) => source.kind === 'process');
        if (reader?.kind !== 'process') return [];
        const [fd] = wait.fds;
        const pipe = scene.seen.processes
          .get(wait.thread.pid)
          ?.descriptors.list.find((one) => one.fd === fd)?.target;
        const instead = waitsOfProcess(scene, reader.pid)[0];
        const command = scene.seen.processes.get(reader.pid)?.now.commandLine ?? '';
        return [
          {
            root: rootOfWait(scene, wait, pipe ?? null),
            confidence: 0.95,
            summary: `pid ${wait.thread.pid} can't write into the full ${pipe ?? 'pipe'}, whose reader, pid ${reader.pid} (${command}), ${instead?.what ?? 'does not read'}`,
            decidedBy: [
              `pid ${wait.thread.pid} is blocked in a write to ${pipe ?? 'a pipe'}`,
              `its only readers wait for something else: pid ${reader.pid} ${instead?.what ?? ''}`,
            ],
            ruledOut: ['a slow reader: no thread of any reader ran between two looks'],
            couldBe: [],
          },
        ];
      });
  },
};
