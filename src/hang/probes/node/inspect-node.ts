import { setTimeout as wait } from 'node:timers/promises';
import { busyInside } from './busy-inside.ts';
import type { Cdp } from './cdp.ts';
import type { NodeInside, NodeResources } from './node-inside.ts';
import type { MainState } from './node-process.ts';
import { resourcesOf } from './resources.ts';
import { Scripts } from './scripts.ts';
import { suspendedFunctions } from './suspended-functions.ts';
import { timersOf } from './timers.ts';
import { workersOf } from './workers.ts';

/** A snapshot of more takes longer than a hang may be looked at (10 s for 86 MB). */
const MOST_HEAP_BYTES = 40 << 20;

/** What a Node told, and what it could not be brought to tell. */
export interface Inspection {
  readonly node: NodeInside;
  readonly missing: string | null;
}

/**
 * Asks all that a Node can tell of a hang.
 *
 * @param limitMs after which it is content with what it has
 */
export async function inspectNode(
  cdp: Cdp,
  main: Exclude<MainState, 'native'>,
  limitMs: number,
): Promise<Inspection> {
  const until = performance.now() + limitMs;
  const scripts = new Scripts(cdp);
  const [resources] = await Promise.all([resourcesOf(cdp), cdp.send('Debugger.enable')]);
  return main === 'idle'
    ? await inspectIdle(cdp, scripts, resources, until)
    : await inspectBusy(cdp, scripts, resources, main);
}

type Resources = Omit<NodeResources, 'timers'>;

async function inspectBusy(
  cdp: Cdp,
  scripts: Scripts,
  resources: Resources,
  main: 'busy' | 'futex',
): Promise<Inspection> {
  const busy = await busyInside(cdp, scripts, main);
  const timers =
    busy?.reaches.immediates === true ? await timersOf(cdp, scripts, { Immediate: 1 }) : [];
  await cdp.send('Debugger.disable');
  const node = {
    main,
    resources: { ...resources, timers },
    ...(busy === null ? {} : { busy }),
    workers: await workersOf(cdp),
  };
  return { node, missing: busy === null ? 'its main thread could not be halted' : null };
}

async function inspectIdle(
  cdp: Cdp,
  scripts: Scripts,
  resources: Resources,
  until: number,
): Promise<Inspection> {
  const { heapUsedBytes, kinds } = resources;
  const timers = await timersOf(cdp, scripts, kinds);
  const workers = await workersOf(cdp);
  const node = { main: 'idle', resources: { ...resources, timers }, workers } as const;
  if (heapUsedBytes > MOST_HEAP_BYTES) {
    const missing = `its async functions: a snapshot of its heap of ${heapUsedBytes >> 20} MB would take too long`;
    return { node, missing };
  }
  const late = new AbortController();
  const limit = wait(Math.max(0, until - performance.now()), null, { signal: late.signal });
  // Ended below, where nobody waits for it any more.
  limit.catch(() => null);
  const suspended = await Promise.race([suspendedFunctions(cdp, scripts), limit]);
  late.abort();
  return suspended === null
    ? { node, missing: 'its async functions: a snapshot of its heap took too long' }
    : { node: { ...node, suspended }, missing: null };
}
