import type { NodeInside } from './node-inside.ts';

const MOST_VARIABLES = 12;

/** What a busy Node told beside its stacks, a line each. */
export function nodeSaid({ busy }: NodeInside): string[] {
  if (busy?.reaches == null) return [];
  const reached = Object.entries(busy.reaches).flatMap(([queue, isReached]) =>
    isReached ? [queue] : [],
  );
  const { loop } = busy;
  return [
    `its main thread never rests, and gets to ${reached.length === 0 ? 'none of its queues' : reached.join(', ')}`,
    ...(loop === null
      ? []
      : [
          `it loops at ${loop.place}, by the condition ${loop.condition}`,
          ...listed('unchanged in the loop', loop.unchanged),
          ...listed('changed in the loop', loop.changed),
        ]),
  ];
}

function listed(title: string, variables: readonly string[]): string[] {
  return variables.length === 0
    ? []
    : [`${title}: ${variables.slice(0, MOST_VARIABLES).join(', ')}`];
}
