import { get } from 'node:http';
import { CdpError, CdpPeer } from './cdp.ts';

/** A connection to the inspector of another process. */
export interface CdpSocket {
  readonly cdp: CdpPeer;
  close(): void;
}

/**
 * Connects to the inspector that listens on a port of this machine.
 *
 * @param signal ends the connection, and whatever is awaited of it
 */
export async function connectInspector(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<CdpSocket> {
  const targets = await listTargets(host, port, signal);
  const url = targets.find(({ type }) => type === 'node')?.webSocketDebuggerUrl;
  if (url === undefined) throw new CdpError(`Expected a Node's inspector at ${host}:${port}.`);
  const socket = new WebSocket(url);
  const cdp = new CdpPeer((message) => socket.send(message));
  const open = Promise.withResolvers<void>();
  const over = (reason: Error): void => {
    open.reject(reason);
    cdp.end(reason);
  };
  socket.addEventListener('open', () => open.resolve());
  const nudge = nudger(socket, cdp);
  socket.addEventListener('message', ({ data }) => {
    cdp.receive(String(data));
    nudge();
  });
  socket.addEventListener('error', () => over(new CdpError('the inspector broke off')));
  socket.addEventListener('close', () => over(new CdpError('the inspector hung up')));
  signal.addEventListener('abort', () => {
    over(new CdpError('the inspector did not answer in time'));
    socket.close();
  });
  await open.promise;
  return { cdp, close: () => socket.close() };
}

const NUDGE_AFTER_MS = 2;
const NOTHING = JSON.stringify({
  id: 0,
  method: 'Runtime.releaseObjectGroup',
  params: { objectGroup: 'nothing' },
});

/**
 * The other side sends one small segment and keeps the next until the first is acknowledged (Nagle,
 * RFC 896), which the kernel here puts off by 40 ms unless there is something to send (RFC 1122,
 * 4.2.3.2). So where more is to come than one answer, a call without effect takes the ACK along.
 */
function nudger(socket: WebSocket, cdp: CdpPeer): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      if (cdp.isWaiting && socket.readyState === WebSocket.OPEN) socket.send(NOTHING);
    }, NUDGE_AFTER_MS);
  };
}

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl?: string;
}

/** By node:http, since fetch would load a client of its own first. */
async function listTargets(host: string, port: number, signal: AbortSignal): Promise<Target[]> {
  const text = await new Promise<string>((resolve, reject) => {
    get({ host, port, path: '/json/list', agent: false, signal }, (response) => {
      let all = '';
      response
        .setEncoding('utf8')
        .on('data', (part: string) => {
          all += part;
        })
        .on('end', () => resolve(all))
        .on('error', reject);
    }).on('error', reject);
  });
  return JSON.parse(text) as Target[];
}
