import type { Runtime } from 'node:inspector';
import type { Cdp } from './cdp.ts';
import { internalsOf, placeIn } from './function-place.ts';
import type { NodeResources, NodeTimer } from './node-inside.ts';
import { isInternal, type Scripts } from './scripts.ts';

const MOST_TIMERS = 50;

/** The prototypes of what setTimeout and setImmediate give back. */
const PROTOTYPES: readonly {
  readonly kind: 'Timeout' | 'Immediate';
  readonly expression: string;
}[] = [
  {
    kind: 'Timeout',
    expression:
      '(() => { const one = setTimeout(() => {}, 1e6); clearTimeout(one); return Object.getPrototypeOf(one); })()',
  },
  {
    kind: 'Immediate',
    expression:
      '(() => { const one = setImmediate(() => {}); clearImmediate(one); return Object.getPrototypeOf(one); })()',
  },
];

/** Those that are armed and keep the loop, as plain data, their callbacks beside. */
const ARMED = `function () {
  const armed = this.filter((one) => !one._destroyed && one.hasRef?.() === true &&
    (one._onTimeout ?? one._onImmediate) != null).slice(0, ${MOST_TIMERS});
  return armed.flatMap((one) => [one._idleTimeout ?? 0, one._repeat ?? null, one._onTimeout ?? one._onImmediate]);
}`;

/**
 * The timers that keep the loop, with where their callbacks were written. Where there are any it
 * collects garbage.
 *
 * @param kinds the active resources, by which it is known whether there are any
 */
export async function timersOf(
  cdp: Cdp,
  scripts: Scripts,
  kinds: NodeResources['kinds'],
): Promise<NodeTimer[]> {
  const timers: NodeTimer[] = [];
  for (const { kind, expression } of PROTOTYPES) {
    if (kinds[kind] === undefined) continue;
    timers.push(...(await armedOf(cdp, scripts, kind, expression)));
  }
  await cdp.send('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  return timers;
}

const GROUP = 'timers';

async function armedOf(
  cdp: Cdp,
  scripts: Scripts,
  kind: 'Timeout' | 'Immediate',
  expression: string,
): Promise<NodeTimer[]> {
  const { result: prototype } = await cdp.send<Runtime.EvaluateReturnType>('Runtime.evaluate', {
    expression,
    objectGroup: GROUP,
  });
  const { objects } = await cdp.send<Runtime.QueryObjectsReturnType>('Runtime.queryObjects', {
    prototypeObjectId: prototype.objectId,
    objectGroup: GROUP,
  });
  const { result: armed } = await cdp.send<Runtime.CallFunctionOnReturnType>(
    'Runtime.callFunctionOn',
    { functionDeclaration: ARMED, objectId: objects.objectId, objectGroup: GROUP },
  );
  if (armed.objectId === undefined) return [];
  const { own } = await internalsOf(cdp, armed.objectId);
  const count = Math.floor(Number(own.get('length')?.value ?? 0) / 3);
  return await Promise.all(
    Array.from({ length: count }, async (_, index): Promise<NodeTimer> => {
      const [every, repeat, callback] = [0, 1, 2].map((field) =>
        own.get(String(index * 3 + field)),
      );
      return {
        kind: kind === 'Immediate' ? 'immediate' : repeat?.value == null ? 'timeout' : 'interval',
        everyMs: Number(every?.value ?? 0),
        place:
          callback?.objectId === undefined ? null : await placeOf(cdp, scripts, callback.objectId),
      };
    }),
  );
}

async function placeOf(cdp: Cdp, scripts: Scripts, objectId: string): Promise<string | null> {
  const { properties } = await internalsOf(cdp, objectId);
  const place = placeIn(properties.get('[[FunctionLocation]]'), scripts);
  return place === null || isInternal(place.file) ? null : `${place.file}:${place.line}`;
}

/** `an interval of 500 ms (/app/poll.js:12)`, for people. */
export function timerText({ kind, everyMs, place }: NodeTimer): string {
  const what =
    kind === 'immediate'
      ? 'an immediate'
      : `${kind === 'interval' ? 'an interval' : 'a timeout'} of ${everyMs} ms`;
  return place === null ? what : `${what} (${place})`;
}
