import type { HangClass } from './hang-class.ts';
import { insideNodes, rootInCode } from './inside-nodes.ts';
import { ownPlace } from './own-place.ts';

/** The event loop goes round without ever resting, since each immediate sets the next. */
export const immediateStarvation: HangClass = {
  name: 'immediate-starvation',
  title: 'an immediate sets the next one without end, and the event loop never rests',
  causes: [
    'A function polls with setImmediate for something that does not come.',
    'A stream or a queue that is empty asks for more at once.',
  ],
  fixes: ['Wait for the event that is polled for; poll with a pause, and with a limit.'],
  decidedBy:
    'Of what the inspector put into the queues of a Node that never rests, an immediate and a timer got their turn, and an immediate is set at the look: that rules out a loop that never returns and timers that starve.',
  confusedWith: [
    {
      name: 'microtask-starvation',
      toldApartBy: 'there neither an immediate nor a timer gets its turn.',
    },
    {
      name: 'endless-loop',
      toldApartBy: 'there no queue gets its turn.',
    },
    {
      name: 'busy-in-user-code',
      toldApartBy:
        'nothing from outside tells them apart; the inspector shows which queues get their turn.',
    },
  ],
  claim: (scene) =>
    insideNodes(scene).flatMap(({ process, inside: { busy, resources } }) => {
      const immediates = resources?.kinds['Immediate'] ?? 0;
      if (busy?.reaches == null || immediates === 0) return [];
      if (!busy.reaches.immediates || !busy.reaches.timers) return [];
      const timer = resources?.timers.find(
        ({ kind, place }) => kind === 'immediate' && place !== null,
      );
      const place = timer?.place ?? ownPlace(busy.pauses);
      return [
        {
          root: rootInCode(process, place),
          confidence: 0.9,
          summary: `pid ${process.pid} sets immediate after immediate${place === null ? '' : ` (${place})`}: its event loop goes round and never rests`,
          decidedBy: [
            'its main thread never rests, and all of its queues get their turn: an immediate, a timer',
            `an immediate is set whenever it is looked at${timer === undefined ? '' : `, whose callback stands at ${place}`}`,
          ],
          ruledOut: [
            'a loop that never returns: an immediate got its turn',
            'starved timers: one of 1 ms went off',
          ],
          couldBe: ['work that is cut into pieces by setImmediate and does end'],
          undecided: 'what it looks at each time: where that does not change, it never ends',
        },
      ];
    }),
};
