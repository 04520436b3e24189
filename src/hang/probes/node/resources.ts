import { type Cdp, evaluate } from './cdp.ts';
import type { NodeHandle, NodeResources } from './node-inside.ts';

const MOST_HANDLES = 100;

/**
 * What Node knows of what keeps its loop. `_getActiveHandles` has no stable counterpart that says
 * more than the kinds; where it is gone, only those are told.
 */
const RESOURCES = `(() => {
  const address = (at) => at == null ? '' : typeof at === 'string' ? at : at.address + ':' + at.port;
  const tell = (handle) => {
    const kind = handle?.constructor?.name ?? typeof handle;
    const fd = handle?._handle?.fd ?? handle?.fd ?? null;
    const of = (what, pid = null) => ({ kind, what, fd: fd !== null && fd >= 0 ? fd : null, pid });
    if (typeof handle?.spawnfile === 'string') {
      return of([handle.spawnfile, ...(handle.spawnargs ?? []).slice(1)].join(' '), handle.pid ?? null);
    }
    if (typeof handle?.getConnections === 'function') return of(address(handle.address?.()));
    if (handle?.remoteAddress !== undefined) {
      return of(handle.localAddress + ':' + handle.localPort + ' to ' + handle.remoteAddress + ':' + handle.remotePort);
    }
    if (typeof handle?.threadId === 'number') return of('worker ' + handle.threadId);
    if (handle?.connecting === true) return of('connects ' + (handle._host ?? ''));
    return of(typeof handle?.path === 'string' ? handle.path : '');
  };
  const kinds = {};
  for (const kind of process.getActiveResourcesInfo()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const active = process._getActiveHandles?.() ?? [];
  const requests = process._getActiveRequests?.() ?? [];
  const handles = [...active, ...requests].slice(0, ${MOST_HANDLES}).map(tell);
  const major = Number.parseInt(process.versions.node);
  return { kinds, handles, heapUsedBytes: process.memoryUsage().heapUsed, major };
})()`;

/** All but the timers, which lie elsewhere. */
export async function resourcesOf(cdp: Cdp): Promise<Omit<NodeResources, 'timers'>> {
  return await evaluate<Omit<NodeResources, 'timers'>>(cdp, RESOURCES);
}

/** `Server 127.0.0.1:8080 (fd 21)`, for people. */
export function handleText({ kind, what, fd, pid }: NodeHandle): string {
  const where = [pid === null ? null : `pid ${pid}`, fd === null ? null : `fd ${fd}`]
    .filter((part) => part !== null)
    .join(', ');
  return `${kind}${what === '' ? '' : ` ${what}`}${where === '' ? '' : ` (${where})`}`;
}
