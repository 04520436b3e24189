import { busyInside, type Steps } from './busy-inside.ts';
import type { Cdp } from './cdp.ts';
import type { NodeInside, NodeResources } from './node-inside.ts';
import type { MainState } from './node-process.ts';
import { resourcesOf } from './resources.ts';
import { Scripts } from './scripts.ts';
import { suspendedFunctions } from './suspended-functions.ts';
import { timersOf } from './timers.ts';
import { within } from './within.ts';
import { workersOf } from './workers.ts';

/** A snapshot of more takes longer than a hang may be looked at (10 s for 86 MB). */
const MOST_HEAP_BYTES = 40 << 20;

/** Node 22 answers nothing any more where a loop of compiled code goes on after a step. */
const FIRST_THAT_STEPS = 24;

/** What a Node told, and what it could not be brought to tell. */
export interface Inspection {
  readonly node: NodeInside;
  readonly missing: string | null;
}

export interface InspectionOptions {
  /** After so long it is content with what it has, milliseconds. */
  readonly limitMs: number;
  /** Whether its workers are asked, too. */
  readonly withWorkers: boolean;
  /** Takes what it has told by now, before it is asked what may take long. */
  readonly soFar?: (partial: Inspection) => void;
}

/** Asks all that a Node can tell of a hang. */
export async function inspectNode(
  cdp: Cdp,
  main: Exclude<MainState, 'native'>,
  { limitMs, withWorkers, soFar }: InspectionOptions,
): Promise<Inspection> {
  const until = performance.now() + limitMs;
  const scripts = new Scripts(cdp);
  const [resources] = await Promise.all([resourcesOf(cdp), cdp.send('Debugger.enable')]);
  const { node, missing }: Inspection =
    main === 'idle'
      ? await inspectIdle(cdp, scripts, resources, until, soFar)
      : await inspectBusy(cdp, scripts, resources, main);
  const isSilent = node.busy?.reaches === null;
  if (!withWorkers || isSilent) return { node, missing };
  const workers = await within(Math.max(0, until - performance.now()), workersOf(cdp));
  return { node: workers === null ? node : { ...node, workers }, missing };
}

type Resources = Omit<NodeResources, 'timers'>;

async function inspectBusy(
  cdp: Cdp,
  scripts: Scripts,
  resources: Resources,
  main: 'busy' | 'futex',
): Promise<Inspection> {
  const busy = await busyInside(cdp, scripts, stepsOf(main, resources));
  if (busy?.reaches == null) {
    const node = { main, resources: { ...resources, timers: [] } };
    return busy === null
      ? { node, missing: 'its main thread could not be halted' }
      : { node: { ...node, busy }, missing: 'it stopped answering while it was busy' };
  }
  const timers = busy.reaches.immediates ? await timersOf(cdp, scripts, { Immediate: 1 }) : [];
  await cdp.send('Debugger.disable');
  return { node: { main, resources: { ...resources, timers }, busy }, missing: null };
}

function stepsOf(main: 'busy' | 'futex', { major }: Resources): Steps {
  if (main === 'futex') return 'never';
  return major >= FIRST_THAT_STEPS ? 'anywhere' : 'from-node';
}

async function inspectIdle(
  cdp: Cdp,
  scripts: Scripts,
  resources: Resources,
  until: number,
  soFar: InspectionOptions['soFar'],
): Promise<Inspection> {
  const { heapUsedBytes, kinds } = resources;
  const timers = await timersOf(cdp, scripts, kinds);
  const node = { main: 'idle', resources: { ...resources, timers } } as const;
  if (heapUsedBytes > MOST_HEAP_BYTES) {
    const size = `${heapUsedBytes >> 20} MB`;
    return {
      node,
      missing: `its async functions: a snapshot of its heap of ${size} would take too long`,
    };
  }
  const missing = 'its async functions: a snapshot of its heap took too long';
  soFar?.({ node, missing });
  const left = Math.max(0, until - performance.now());
  const suspended = await within(left, suspendedFunctions(cdp, scripts));
  if (suspended !== null) await cdp.send('Debugger.disable');
  return suspended === null ? { node, missing } : { node: { ...node, suspended }, missing: null };
}
