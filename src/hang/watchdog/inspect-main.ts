import { Session } from 'node:inspector';
import { setTimeout as wait } from 'node:timers/promises';
import { type Cdp, CdpError, evaluate } from '../probes/node/cdp.ts';
import { type Inspection, inspectNode } from '../probes/node/inspect-node.ts';

const ANSWER_LIMIT_MS = 1_000;
const WAKE_EVERY_MS = 5;
const UTILISATION_OVER_MS = 60;
const INSPECT_LIMIT_MS = 20_000;

/** Busy for so much of the time its event loop has no rest. */
const BUSY = 0.5;

/**
 * Asks the main thread of this process, from another one.
 *
 * @param wakeMain makes the main thread's event loop go round once, if it rests
 * @throws {CdpError} the inspector refuses
 */
export async function inspectMain(wakeMain: () => void): Promise<Inspection> {
  const session = new Session();
  session.connectToMainThread();
  try {
    const cdp = sessionCdp(session, wakeMain);
    const late = wait(ANSWER_LIMIT_MS, null, { ref: false });
    const utilisation = await Promise.race([utilisationOf(cdp), late]);
    if (utilisation === null) {
      const missing =
        'it is inside a native call, such as execFileSync or a read, where it answers nothing';
      return { node: { main: 'native' }, missing };
    }
    return await inspectNode(cdp, utilisation > BUSY ? 'busy' : 'idle', {
      limitMs: INSPECT_LIMIT_MS,
      withWorkers: false,
    });
  } finally {
    session.disconnect();
  }
}

/** Which share of a while its event loop was not waiting: it counts no rest where it is blocked. */
async function utilisationOf(cdp: Cdp): Promise<number> {
  const read = (): Promise<Utilisation> => evaluate(cdp, 'performance.eventLoopUtilization()');
  const before = await read();
  await wait(UTILISATION_OVER_MS);
  const after = await read();
  const idle = after.idle - before.idle;
  const active = after.active - before.active;
  return idle + active === 0 ? 1 : active / (idle + active);
}

interface Utilisation {
  readonly idle: number;
  readonly active: number;
}

/** A session of this process, spoken to like that of another one. */
function sessionCdp(session: Session, wakeMain: () => void): Cdp {
  // What is sent wakes no loop that rests, neither here nor in the main thread: it lies there until
  // the loop goes round for another reason.
  const expect = (): (() => void) => {
    const rounds = setInterval(wakeMain, WAKE_EVERY_MS);
    return () => clearInterval(rounds);
  };
  return {
    expect,
    send: <T>(method: string, params: object = {}) => {
      const came = expect();
      return new Promise<T>((resolve, reject) => {
        session.post(method, params, (error, result) => {
          came();
          if (error === null) resolve(result as T);
          else reject(new CdpError(error.message, { isRefusal: true }));
        });
      });
    },
    on: (event, listener) => {
      const hear = ({ params }: { readonly params: unknown }): void => listener(params);
      session.on(event, hear);
      return () => session.off(event, hear);
    },
  };
}
