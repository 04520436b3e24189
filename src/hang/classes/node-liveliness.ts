import type { NodeHandle, NodeInside } from '../probes/node/node-inside.ts';
import { handleText } from '../probes/node/resources.ts';
import { timerText } from '../probes/node/timers.ts';

/** What keeps the event loop of a Node, its standard streams left out. */
export interface NodeLiveliness {
  /** What only waits to be spoken to by somebody else. */
  readonly passive: readonly NodeHandle[];
  /** What can act by itself, in words: timers, requests, connections, children, workers at work. */
  readonly active: readonly string[];
}

/** Tells what of a Node can still bring something about from what only waits. */
export function livelinessOf({ resources, workers = [] }: NodeInside): NodeLiveliness {
  const { handles = [], timers = [], kinds = {} } = resources ?? {};
  const told = handles.filter(({ fd }) => fd === null || fd > 2);
  return {
    passive: told.filter(isPassive),
    active: [
      ...told.filter((handle) => !isPassive(handle)).map(handleText),
      ...timers.map(timerText),
      ...Object.keys(kinds).filter((kind) => REQUEST.test(kind)),
      ...workers.filter(({ state }) => state === 'running').map(({ name }) => `the worker ${name}`),
    ],
  };
}

/** Requests that are under way, by the names of `process.getActiveResourcesInfo()`. */
const REQUEST = /Req|Request|FSReqPromise|Query|Zlib|Job/;

const PASSIVE: ReadonlySet<string> = new Set([
  'FSEvent',
  'FSWatcher',
  'MessagePort',
  'Pipe',
  'Server',
  'Signal',
  'Worker',
]);

function isPassive({ kind }: NodeHandle): boolean {
  return PASSIVE.has(kind);
}
