import { connect } from 'node:net';
import { untilReady } from '../retry/until-ready.ts';

/** Where something can be connected to: `127.0.0.1:5432`, `[::1]:5432`, `unix:/run/db.sock`. */
export interface Ready {
  readonly at: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until a connection is taken there. What is not there yet (`ECONNREFUSED`, `ENOENT` of a
 * socket) is asked for again; anything else, such as a host that is not known, is at once an error.
 *
 * @throws DeadlineError with the last fault as its cause
 */
export async function untilConnected({ at, withinMs, signal }: Ready): Promise<void> {
  await untilReady(async (tooLate) => await connectOnce(at, tooLate), {
    withinMs,
    what: `a connection to ${at}`,
    signal,
  });
}

async function connectOnce(at: string, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(addressOf(at));
    const give = (): void => {
      socket.destroy(signal.reason);
    };
    signal.addEventListener('abort', give, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', give));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

function addressOf(at: string): { path: string } | { host: string; port: number } {
  if (at.startsWith('unix:')) return { path: at.slice('unix:'.length) };
  const colon = at.lastIndexOf(':');
  const host = at.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(at.slice(colon + 1)) };
}
