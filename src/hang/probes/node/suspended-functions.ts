import type { HeapProfiler } from 'node:inspector';
import type { Frame } from '../stack.ts';
import { type Cdp, CdpError } from './cdp.ts';
import { internalsOf, placeIn } from './function-place.ts';
import { HeapGraph, type HeapSnapshot } from './heap-graph.ts';
import type { SuspendedFunction } from './node-inside.ts';
import { isInternal, type Scripts } from './scripts.ts';

/** So many functions are asked where they are; each takes a walk over the heap. */
const MOST_FUNCTIONS = 40;
const MOST_CALLERS = 30;

/**
 * Every async function that is suspended in an `await`, by a heap snapshot: V8 keeps no list of them.
 * What nothing can reach any more, such as whoever awaits a promise whose resolver was dropped, is
 * garbage and is not found. Those of Node's own code are left out, but not who waits behind them.
 */
export async function suspendedFunctions(cdp: Cdp, scripts: Scripts): Promise<SuspendedFunction[]> {
  const graph = new HeapGraph(await snapshotOf(cdp));
  const nodes = graph.withEdge('parameters_and_registers');
  // A generator without a promise rests in a yield, or is a module that is loaded: nobody waits.
  const own = nodes.filter(
    (node) => promiseOf(graph, node) !== null && !isInternal(scriptOf(graph, node)),
  );
  const located = new Map<number, Frame>();
  for (const node of own.slice(0, MOST_FUNCTIONS)) {
    const frame = await locate(cdp, scripts, graph, node);
    if (frame !== null) located.set(node, frame);
  }
  await cdp.send('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  const awaitedBy = new Map(nodes.map((node) => [node, waitersOf(graph, node)]));
  const waiters = new Set([...awaitedBy.values()].flat());
  return nodes
    .filter((node) => !waiters.has(node))
    .flatMap((node) => chainOf(node, located, awaitedBy));
}

function scriptOf(graph: HeapGraph, node: number): string | null {
  let at: number | undefined = node;
  for (const step of ['function', 'shared', 'script']) {
    if (at === undefined) return null;
    at = graph.edgesOf(at).find(({ name }) => name === step)?.to;
  }
  return at === undefined ? null : graph.nameOf(at);
}

const GROUP = 'suspended';

async function snapshotOf(cdp: Cdp): Promise<HeapSnapshot> {
  const parts: string[] = [];
  const forget = cdp.on('HeapProfiler.addHeapSnapshotChunk', (params) => {
    parts.push((params as HeapProfiler.AddHeapSnapshotChunkEventDataType).chunk);
  });
  await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  forget();
  return JSON.parse(parts.join('')) as HeapSnapshot;
}

async function locate(
  cdp: Cdp,
  scripts: Scripts,
  graph: HeapGraph,
  node: number,
): Promise<Frame | null> {
  const objectId = await objectOf(cdp, graph.idOf(node));
  if (objectId === null) return null;
  const { properties } = await internalsOf(cdp, objectId);
  const place = placeIn(properties.get('[[GeneratorLocation]]'), scripts);
  if (properties.get('[[GeneratorState]]')?.value !== 'suspended' || place === null) return null;
  const edge = graph.edgesOf(node).find(({ name }) => name === 'function');
  const name = edge === undefined ? '' : graph.nameOf(edge.to);
  return { function: name === '' ? '(anonymous)' : name, ...place };
}

/** Null where it has gone on since the snapshot was taken, and is garbage. */
async function objectOf(cdp: Cdp, heapId: string): Promise<string | null> {
  try {
    const { result } = await cdp.send<HeapProfiler.GetObjectByHeapObjectIdReturnType>(
      'HeapProfiler.getObjectByHeapObjectId',
      { objectId: heapId, objectGroup: GROUP },
    );
    return result.objectId ?? null;
  } catch (error) {
    if (error instanceof CdpError && error.isRefusal) return null;
    throw error;
  }
}

/** The promise that an async function has given back. */
function promiseOf(graph: HeapGraph, node: number): number | null {
  const promise = graph
    .edgesOf(node)
    .find(({ name, to }) => name === null && graph.nameOf(to) === 'Promise');
  return promise?.to ?? null;
}

/**
 * From a promise to whoever awaits it, also through `Promise.all` and `then`: V8's own closures have
 * no name, and their contexts lead to what they settle.
 */
const TO_WAITERS: ReadonlySet<string> = new Set([
  '',
  'Promise',
  'system / Context',
  'system / PromiseCapability',
  'system / PromiseReaction',
]);
const MOST_STEPS = 1_000;

function waitersOf(graph: HeapGraph, node: number): number[] {
  const promise = promiseOf(graph, node);
  if (promise === null) return [];
  const met = new Set([node, promise]);
  const found: number[] = [];
  const queue = [promise];
  for (let at = queue.shift(); at !== undefined && met.size < MOST_STEPS; at = queue.shift()) {
    for (const { to } of graph.edgesOf(at)) {
      if (met.has(to)) continue;
      met.add(to);
      if (graph.nameOf(to) === 'Generator' && promiseOf(graph, to) !== null) found.push(to);
      else if (TO_WAITERS.has(graph.nameOf(to))) queue.push(to);
    }
  }
  return found;
}

/** One that nobody of the others is awaited by before, with all that wait behind it. */
function chainOf(
  node: number,
  located: ReadonlyMap<number, Frame>,
  awaitedBy: ReadonlyMap<number, readonly number[]>,
): SuspendedFunction[] {
  const chain: Frame[] = [];
  const met = new Set<number>();
  const queue = [node];
  for (
    let at = queue.shift();
    at !== undefined && chain.length < MOST_CALLERS;
    at = queue.shift()
  ) {
    if (met.has(at)) continue;
    met.add(at);
    const frame = located.get(at);
    if (frame !== undefined) chain.push(frame);
    queue.push(...(awaitedBy.get(at) ?? []));
  }
  const [own, ...rest] = chain;
  return own === undefined ? [] : [{ ...own, awaitedBy: rest }];
}
