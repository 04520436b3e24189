import type { NodeWorker } from 'node:inspector';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Frame } from '../stack.ts';
import { type Cdp, CdpError, CdpPeer, evaluate } from './cdp.ts';
import type { NodeWorkerInside } from './node-inside.ts';
import { pause } from './pause.ts';
import { Scripts } from './scripts.ts';

const ANSWER_LIMIT_MS = 250;
const PAUSE_LIMIT_MS = 150;
const MOST_WORKERS = 16;
const MOST_FRAMES = 30;

/** Asks every worker thread of a Node where it is (`NodeWorker` of nodejs.org/api/inspector.html). */
export async function workersOf(cdp: Cdp): Promise<NodeWorkerInside[]> {
  const attached: NodeWorker.AttachedToWorkerEventDataType[] = [];
  const peers = new Map<string, CdpPeer>();
  const forget = [
    cdp.on('NodeWorker.attachedToWorker', (params) => {
      const worker = params as NodeWorker.AttachedToWorkerEventDataType;
      const { sessionId } = worker;
      attached.push(worker);
      peers.set(
        sessionId,
        new CdpPeer((message) => {
          cdp.send('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(
            // It ended meanwhile, and whoever awaits its answer hears of that below.
            () => peers.get(sessionId)?.end(new CdpError('the worker is gone')),
          );
        }),
      );
    }),
    cdp.on('NodeWorker.receivedMessageFromWorker', (params) => {
      const { sessionId, message } = params as NodeWorker.ReceivedMessageFromWorkerEventDataType;
      peers.get(sessionId)?.receive(message);
    }),
  ];
  try {
    await cdp.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return await Promise.all(
      attached
        .slice(0, MOST_WORKERS)
        .map((worker) => askWorker(worker, peers.get(worker.sessionId))),
    );
  } finally {
    await cdp.send('NodeWorker.disable');
    for (const stop of forget) stop();
  }
}

async function askWorker(
  { workerInfo: { title, url } }: NodeWorker.AttachedToWorkerEventDataType,
  cdp: CdpPeer | undefined,
): Promise<NodeWorkerInside> {
  const script = url.startsWith('file://') ? fileURLToPath(url) : url;
  const inside = { name: title, script };
  if (cdp === undefined) return { ...inside, state: 'silent', frames: [] };
  const scripts = new Scripts(cdp);
  const limit = wait(ANSWER_LIMIT_MS, 'silent' as const);
  const first = await Promise.race([answers(cdp), limit]);
  if (first === 'silent') return { ...inside, state: 'silent', frames: [] };
  const before = await stackOf(cdp, scripts);
  if (before === null) return { ...inside, state: 'idle', frames: [] };
  const frames = (await stackOf(cdp, scripts)) ?? before;
  await cdp.send('Debugger.disable');
  return { ...inside, state: 'running', frames };
}

async function answers(cdp: Cdp): Promise<'answered'> {
  await Promise.all([evaluate(cdp, '0'), cdp.send('Debugger.enable')]);
  return 'answered';
}

async function stackOf(cdp: Cdp, scripts: Scripts): Promise<Frame[] | null> {
  const calls = await pause(cdp, PAUSE_LIMIT_MS);
  if (calls === null) {
    // Else it would halt at the next thing that it does.
    await cdp.send('Debugger.disable');
    return null;
  }
  const frames = calls
    .slice(0, MOST_FRAMES)
    .map(({ functionName, location }) => scripts.frame(functionName, location));
  await cdp.send('Debugger.resume');
  return frames;
}
