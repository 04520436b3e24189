import type { Trip } from '../../core/trip.ts';

/** So many of one kind are told one by one. */
const MOST = 20;

/** Tells of many trips that only differ in what changed the first ones, and how many more there are. */
export function fold(trips: readonly Trip[]): Trip[] {
  const groups = new Map<string, Trip[]>();
  for (const trip of trips) {
    const { kind, change, culprit, running, process } = trip;
    const key = JSON.stringify([kind, change, culprit, running, process?.pid]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trip]);
    else group.push(trip);
  }
  return [...groups.values()].flatMap((group) => {
    if (group.length <= MOST) return group;
    const last = group[MOST - 1]!;
    return [...group.slice(0, MOST - 1), { ...last, others: group.length - MOST }];
  });
}
