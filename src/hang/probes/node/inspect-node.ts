import { busyInside } from './busy-inside.ts';
import type { Cdp } from './cdp.ts';
import type { NodeInside } from './node-inside.ts';
import type { MainState } from './node-process.ts';
import { resourcesOf } from './resources.ts';
import { Scripts } from './scripts.ts';
import { suspendedFunctions } from './suspended-functions.ts';
import { timersOf } from './timers.ts';
import { workersOf } from './workers.ts';

/** A snapshot of more takes longer than a hang may be looked at (10 s for 86 MB). */
const MOST_HEAP_BYTES = 40 << 20;

/** Asks all that a Node can tell of a hang. */
export async function inspectNode(
  cdp: Cdp,
  main: Exclude<MainState, 'native'>,
): Promise<{ readonly node: NodeInside; readonly missing: string | null }> {
  const scripts = new Scripts(cdp);
  const [resources] = await Promise.all([resourcesOf(cdp), cdp.send('Debugger.enable')]);
  if (main !== 'idle') {
    const busy = await busyInside(cdp, scripts);
    const node: NodeInside = {
      main,
      resources: { ...resources, timers: [] },
      ...(busy === null ? {} : { busy }),
      workers: await workersOf(cdp),
    };
    await cdp.send('Debugger.disable');
    return { node, missing: busy === null ? 'its main thread could not be halted' : null };
  }
  const { heapUsedBytes, ...told } = resources;
  const timers = await timersOf(cdp, scripts, told.kinds);
  const workers = await workersOf(cdp);
  const isLarge = heapUsedBytes > MOST_HEAP_BYTES;
  const suspended = isLarge ? null : await suspendedFunctions(cdp, scripts);
  await cdp.send('Debugger.disable');
  return {
    node: {
      main,
      resources: { ...told, heapUsedBytes, timers },
      workers,
      ...(suspended === null ? {} : { suspended }),
    },
    missing: isLarge
      ? `its async functions: a snapshot of its heap of ${heapUsedBytes >> 20} MB would take too long`
      : null,
  };
}
