/** The thread behind `dumpOnHang`: nothing but its own event loop is needed for it to go off. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { describeFault } from '../../core/errors.ts';
import { dumpOf } from './dump-of.ts';
import { inspectMain } from './inspect-main.ts';
import { type FromWatchdog, instant, type ToWatchdog } from './watchdog-message.ts';

type Armed = Extract<ToWatchdog, { readonly kind: 'arm' }>;

const timers = new Map<number, NodeJS.Timeout>();

/** One dump after the other: each halts the main thread. */
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (message: ToWatchdog) => {
  switch (message.kind) {
    case 'arm': {
      const left = Math.max(0, message.at + message.afterMs - instant());
      timers.set(
        message.id,
        setTimeout(() => {
          last = last.then(() => goOff(message));
        }, left),
      );
      return;
    }
    case 'disarm':
      clearTimeout(timers.get(message.id));
      timers.delete(message.id);
  }
});

async function goOff({ id, afterMs, path, disarmed }: Armed): Promise<void> {
  timers.delete(id);
  if (Atomics.load(disarmed, 0) !== 0) return;
  try {
    const inspection = await inspectMain(() => tell({ kind: 'wake' }));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, dumpOf(inspection, { afterMs, command: String(workerData) }));
  } catch (error) {
    tell({ kind: 'not-written', path, because: describeFault(error) });
  }
}

function tell(message: FromWatchdog): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of threads, not of windows
  parentPort?.postMessage(message);
}
