import type { HangClass } from './hang-class.ts';
import { insideNodes, rootInCode } from './inside-nodes.ts';
import { ownPlace } from './own-place.ts';

/** Promises or ticks follow each other without end, so that no timer and no I/O ever gets its turn. */
export const microtaskStarvation: HangClass = {
  name: 'microtask-starvation',
  title: 'promises or ticks follow each other without end, and no timer and no I/O gets its turn',
  causes: [
    'A loop awaits what is settled already (null, a cached value) until something outside changes.',
    'process.nextTick or queueMicrotask schedules itself again.',
  ],
  fixes: [
    'Await what comes by the event loop: an event, a timer, setImmediate.',
    'Replace process.nextTick by setImmediate where it repeats.',
  ],
  decidedBy:
    'Of what the inspector put into the queues of a Node that never rests, only microtasks or ticks got their turn, and neither a timer nor an immediate: that rules out one loop that never returns and a live event loop.',
  confusedWith: [
    {
      name: 'endless-loop',
      toldApartBy: 'there no queue gets its turn.',
    },
    {
      name: 'immediate-starvation',
      toldApartBy: 'there an immediate and a timer get their turn, too.',
    },
    {
      name: 'busy-in-user-code',
      toldApartBy:
        'nothing from outside tells them apart; the inspector shows which queues get their turn.',
    },
  ],
  claim: (scene) =>
    insideNodes(scene).flatMap(({ process, inside: { busy } }) => {
      if (busy?.reaches == null) return [];
      const { ticks, microtasks, immediates, timers } = busy.reaches;
      if (immediates || timers || (!ticks && !microtasks)) return [];
      const queue = microtasks ? 'microtasks' : 'ticks';
      const place = ownPlace(busy.pauses);
      return [
        {
          root: rootInCode(process, place),
          confidence: 0.92,
          summary: `pid ${process.pid} runs ${queue} without end${place === null ? '' : ` at ${place}`}: its timers and its I/O never get their turn`,
          decidedBy: [
            `of what was put into each of its queues only that of the ${microtasks && ticks ? 'microtasks and ticks' : queue} got its turn; a timer and an immediate did not`,
            `its main thread never rests, and was met ${busy.pauses.length} times at work`,
          ],
          ruledOut: [
            'one loop that never returns: then no queue would get its turn',
            'a live event loop: a timer of 1 ms and an immediate were not run',
          ],
          couldBe: ['a long chain of promises without I/O that does end'],
          undecided:
            'what the chain waits for: where only a timer, a message or I/O can bring it, it never ends',
        },
      ];
    }),
};
