import type { QueuesReached } from '../probes/node/node-inside.ts';
import type { HangClass } from './hang-class.ts';
import { insideNodes, rootInCode } from './inside-nodes.ts';

/** A loop that can change nothing of what its condition reads. */
export const endlessLoop: HangClass = {
  name: 'endless-loop',
  title: 'a loop runs whose condition nothing in it can change, and nobody else gets to run',
  causes: [
    'It waits for a flag that a timer, a callback or a message would set: those run only after it.',
    'The step that would end it was left out, or changes another variable.',
  ],
  fixes: [
    'Await the event itself (a promise, once()) and not a variable that it sets.',
    'Let the loop give way: await setTimeout(0), or a time limit.',
  ],
  decidedBy:
    'Whenever the inspector halts a Node, it is in one loop whose condition reads the same values each time, whose text calls nobody, has no way out and assigns to nothing that its condition reads, and none of its queues gets its turn: that rules out a long computation and somebody else who changes the condition.',
  confusedWith: [
    {
      name: 'busy-in-user-code',
      toldApartBy:
        'nothing from outside tells them apart; only what the inspector saw of the loop does.',
    },
    {
      name: 'microtask-starvation',
      toldApartBy: 'there microtasks or ticks get their turn.',
    },
    {
      name: 'immediate-starvation',
      toldApartBy: 'there immediates and timers get their turn.',
    },
  ],
  claim: (scene) =>
    insideNodes(scene).flatMap(({ process, inside: { busy } }) => {
      const loop = busy?.loop ?? null;
      if (busy?.reaches == null || loop === null || !loop.isClosed || anyReached(busy.reaches))
        return [];
      const state = loop.unchanged.slice(0, 5).join(', ');
      const moves = loop.changed.slice(0, 3).join(', ');
      return [
        {
          root: rootInCode(process, loop.place),
          confidence: 0.95,
          summary: `pid ${process.pid} loops for ever at ${loop.place}: nothing in the loop changes ${loop.condition}`,
          decidedBy: [
            `it was halted ${busy.pauses.length} times, each time in the loop at ${loop.place}`,
            `its condition, ${loop.condition}, read the same values each time${state === '' ? '' : `: ${state}`}`,
            'the text of the loop calls nobody, has no way out, and assigns to nothing that the condition reads',
          ],
          ruledOut: [
            'a long computation: its condition would have to change',
            'somebody else who changes it: no tick, microtask, timer or immediate gets its turn',
          ],
          couldBe:
            moves === '' ? [] : [`a getter or a proxy that changes with what moves: ${moves}`],
        },
      ];
    }),
};

function anyReached(reaches: QueuesReached): boolean {
  return Object.values(reaches).some(Boolean);
}
