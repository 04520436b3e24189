import { createServer, type Server } from 'node:net';
import { isSystemError } from '../core/errors.ts';
import { listeningSockets } from '../process/listening.ts';
import { readProcFile } from '../process/proc-stat.ts';

/** Ports that one slot's attempts may use, and nobody else's. */
export interface PortRange {
  readonly first: number;
  readonly count: number;
}

/** Of a block the first port is the guard; the others are handed out. */
const BLOCK = 16;
const LOWEST = 10_000;

/** Where the kernel begins to choose ports by itself, unless it says otherwise (ip(7)). */
const EPHEMERAL = 32_768;

/**
 * A range of ports for each slot of a run. Each is guarded by a socket of ours that listens on its
 * first port on the loopback address: whoever wants the same range can't have that port, and the
 * kernel gives it back when we end, however that is. The ranges lie below the ports that the kernel
 * gives out itself, so no client's port falls into them.
 */
export class PortRanges {
  readonly #guards: readonly (readonly [PortRange, Server])[];

  private constructor(guards: readonly (readonly [PortRange, Server])[]) {
    this.#guards = guards;
  }

  /** Reserves a range for each of so many slots, or for as many as there are ranges. */
  static async reserve(slots: number): Promise<PortRanges> {
    const taken = new Set(listeningSockets().map(({ port }) => port));
    const guards: (readonly [PortRange, Server])[] = [];
    for (const first of blocks()) {
      if (guards.length === slots) break;
      if (isAnyTaken(taken, first)) continue;
      const guard = await listen(first);
      if (guard !== null) guards.push([{ first: first + 1, count: BLOCK - 1 }, guard]);
    }
    return new PortRanges(guards);
  }

  /** Null where there were fewer ranges than slots. */
  of(slot: number): PortRange | null {
    return this.#guards[slot]?.[0] ?? null;
  }

  close(): void {
    for (const [, guard] of this.#guards) guard.close();
  }
}

/** The first ports of all blocks, from a place of this process's own on. */
function* blocks(): Generator<number> {
  const low = Number(
    readProcFile('/proc/sys/net/ipv4/ip_local_port_range')?.split(/\s/)[0] ?? EPHEMERAL,
  );
  const count = Math.floor((Math.max(low, LOWEST + BLOCK) - LOWEST) / BLOCK);
  for (let index = 0; index < count; index += 1) {
    yield LOWEST + ((process.pid + index) % count) * BLOCK;
  }
}

function isAnyTaken(taken: ReadonlySet<number>, first: number): boolean {
  for (let port = first; port < first + BLOCK; port += 1) if (taken.has(port)) return true;
  return false;
}

/** Null where somebody else has the port. */
async function listen(port: number): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<Server | null>();
  server.once('error', (error) => {
    if (isSystemError(error) && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) {
      resolve(null);
    } else reject(error);
  });
  server.listen({ port, host: '127.0.0.1', exclusive: true, backlog: 1 }, () => resolve(server));
  const guard = await promise;
  guard?.unref();
  return guard;
}
